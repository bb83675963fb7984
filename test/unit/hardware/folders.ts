import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that stands for the root of a system, for the time of a test. */
export class FakeRoot {
	readonly folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'));

	constructor(files: Readonly<Record<string, string>> = {}) {
		onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
		this.write(files);
	}

	get proc(): string {
		return join(this.folder, 'proc');
	}

	get sys(): string {
		return join(this.folder, 'sys');
	}

	/** Writes files by their place below the root. */
	write(files: Readonly<Record<string, string>>): void {
		for (const [path, text] of Object.entries(files)) {
			mkdirSync(dirname(join(this.folder, path)), { recursive: true });
			writeFileSync(join(this.folder, path), text);
		}
	}
}
