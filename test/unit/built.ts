// Made once for all files of a run: the folder in which what the tests bundle is kept, and its end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	export interface ProvidedContext {
		readonly builtFolder: string;
	}
}

export function setup(project: TestProject): () => void {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-built-'));
	project.provide('builtFolder', folder);
	return () => rmSync(folder, { recursive: true, force: true });
}
