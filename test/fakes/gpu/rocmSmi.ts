import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What the scripted `rocm-smi` does at its next start. */
export interface RocmScript {
	readonly stdout?: string;
	readonly stderr?: string;
	readonly exit?: number;
	readonly hangs?: boolean;
	readonly endless?: boolean;
}

/** A folder for the front of a PATH, with a scripted `rocm-smi` in it, and what to say to it. */
export function folderWithRocmSmi(): {
	readonly folder: string;
	readonly log: string;
	readonly say: (script: RocmScript) => void;
} {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-rocm-'));
	const [state, log] = [join(folder, 'state.json'), join(folder, 'starts.log')];
	const file = join(folder, 'rocm-smi');
	const fake = resolve(import.meta.dirname, 'rocm-smi.mjs');
	writeFileSync(log, '');
	writeFileSync(
		file,
		`#!/bin/sh\nFAKE_ROCM_STATE='${state}' FAKE_ROCM_LOG='${log}' exec '${process.execPath}' '${fake}' "$@"\n`,
	);
	chmodSync(file, 0o755);
	return { folder, log, say: script => writeFileSync(state, JSON.stringify(script)) };
}
