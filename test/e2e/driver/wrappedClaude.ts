import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claudeForTests } from '../../fakes/claudePath.ts';

/** A shell script that stands before the real CLI, in a throw-away folder of its own. */
export class WrappedClaude {
	readonly folder: string;
	/** For the setting that names the CLI. */
	readonly path: string;

	/** @param body shell lines; `$REAL` is the real CLI, `$FOLDER` a folder to write into */
	constructor(body: string) {
		this.folder = mkdtempSync(join(tmpdir(), 'qd-claude-'));
		this.path = join(this.folder, 'claude');
		this.write(body);
	}

	/** Makes another script of it: what starts from now on is that one. */
	write(body: string): void {
		const head = `#!/bin/sh\nREAL='${claudeForTests()}'\nFOLDER='${this.folder}'\n`;
		writeFileSync(this.path, `${head}${body}\n`, { mode: 0o755 });
	}

	/** Lines of a file that the script wrote. */
	lines(name: string): readonly string[] {
		return readFileSync(join(this.folder, name), 'utf8').split('\n');
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
