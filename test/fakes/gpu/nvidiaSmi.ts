import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The scripted `nvidia-smi`, to be run by node. */
export const fakeNvidiaSmi = resolve(import.meta.dirname, 'nvidia-smi.mjs');

/** A folder for the front of a PATH, with that program in it. */
export function folderWithNvidiaSmi(): string {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-gpu-'));
	const file = join(folder, 'nvidia-smi');
	writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${fakeNvidiaSmi}' "$@"\n`);
	chmodSync(file, 0o755);
	return folder;
}
