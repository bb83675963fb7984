#!/usr/bin/env node
// Stands for AMD's rocm-smi. FAKE_ROCM_STATE names a file that is read at each start: {"stdout", "stderr", "exit",
// "hangs", "endless"}. Each start adds a line with its arguments to the file FAKE_ROCM_LOG, where that is set.
import { appendFileSync, readFileSync } from 'node:fs';

const {
	stdout = '',
	stderr = '',
	exit = 0,
	hangs,
	endless,
} = JSON.parse(readFileSync(process.env.FAKE_ROCM_STATE, 'utf8'));
if (process.env.FAKE_ROCM_LOG) appendFileSync(process.env.FAKE_ROCM_LOG, `${process.argv.slice(2).join(' ')}\n`);
if (stderr !== '') process.stderr.write(stderr);
if (stdout !== '') process.stdout.write(stdout);
if (hangs) setInterval(() => undefined, 60_000);
else if (endless) {
	const more = () => process.stdout.write(`${'x'.repeat(65_536)}\n`, more);
	more();
} else process.exitCode = exit;
