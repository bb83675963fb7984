import { spawn } from 'node:child_process';
import { root } from './tools.ts';

/** Runs a script of this project with what it prints shown, and fails when it does. */
export function runNode(script: string, ...args: readonly string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
		child.once('error', reject);
		child.once('close', code => {
			if (code === 0) resolve();
			else reject(new Error(`${script} failed`));
		});
	});
}
