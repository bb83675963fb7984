import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Beside a program that was made of a flow: the engine that it runs on. */
export const engineFolder = 'quarterdeck-engine';
/** What such a program imports. */
export const engineEntry = `./${engineFolder}/cli/engine.js`;

/**
 * Copies the engine with every file that it reads: its chunks, the sandbox and the watchdog.
 * @param dist the folder of the built program
 */
export async function copyEngine(dist: string, target: string): Promise<void> {
	const worker = (name: string): string => join(dist, 'workers', name);
	const seen = new Set<string>();
	const queue = [join(dist, 'cli', 'engine.js'), worker('sandbox.js'), worker('watchdog.js')];
	for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
		if (seen.has(file) || !existsSync(file)) continue;
		seen.add(file);
		const text = await readFile(file, 'utf8');
		for (const match of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/gu))
			queue.push(resolve(dirname(file), match[1] ?? ''));
	}
	for (const file of [worker('quickjs.wasm.br'), join(dist, 'cli', 'engine.d.ts')])
		if (existsSync(file)) seen.add(file);
	for (const file of seen) await cp(file, join(target, relative(dist, file)));
	await writeFile(join(target, 'package.json'), `${JSON.stringify({ type: 'module', private: true })}\n`);
}
