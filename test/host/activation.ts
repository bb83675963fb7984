import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { relative, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';

export const extensionId = 'quarterdeck.quarterdeck';

/** One start of the extension, as the host saw it. */
export interface Activation {
	/** `activate()`, from its call to its end. */
	readonly ms: number;
	/** Reading and evaluating the code before that. */
	readonly loadMs: number;
	/** Bytes of our own files that were loaded when activation ended. */
	readonly loadedBytes: number;
	/** The same after two quiet seconds, before anybody used the extension. */
	readonly idleBytes: number;
	readonly files: readonly string[];
}

/**
 * Waits for the extension to be activated as it is for a user, at the end of the start-up, and reads the host's own marks.
 * Where the host cannot tell what is loaded (Node before 22.15), the bytes are 0.
 */
export async function measureActivation(): Promise<Activation> {
	const extension = theExtension();
	const loaded = new Set<string>();
	const stopWatching = watchLoads(extension.extensionPath, loaded);
	await waitForActivation(extension);
	const [ms, loadMs] = [between('ActivateExtension'), between('LoadExtensionCode')];
	const loadedBytes = sizeOf(loaded);
	await delay(2000);
	stopWatching();
	const files = [...loaded].map(file => relative(extension.extensionPath, file).split(sep).join('/'));
	return { ms, loadMs, loadedBytes, idleBytes: sizeOf(loaded), files };
}

/** An extension that only commands activate is activated by hand after a while. */
async function waitForActivation(extension: vscode.Extension<unknown>): Promise<void> {
	const end = performance.now() + 15_000;
	while (!extension.isActive && performance.now() < end) await delay(5);
	await extension.activate();
}

interface Marks {
	getMarks(): readonly { readonly name: string; readonly startTime: number }[];
}

/** The host marks, to the millisecond, the start and the end of what it does with each extension. */
function between(step: string): number {
	const { MonacoPerformanceMarks: marks } = globalThis as { readonly MonacoPerformanceMarks?: Marks };
	const all = marks?.getMarks() ?? [];
	const [begun, ended] = ['will', 'did'].map(edge =>
		all.findLast(mark => mark.name === `code/extHost/${edge}${step}/${extensionId}`),
	);
	if (!begun || !ended) throw new Error(`This host does not say when it did ${step}`);
	return ended.startTime - begun.startTime;
}

/** The extension under test; it is a mistake of the harness when it is not there. */
export function theExtension(): vscode.Extension<unknown> {
	const extension = vscode.extensions.getExtension(extensionId);
	if (!extension) throw new Error(`${extensionId} is not installed in this host`);
	return extension;
}

function watchLoads(folder: string, loaded: Set<string>): () => void {
	if (typeof registerHooks !== 'function') return () => undefined;
	const hooks = registerHooks({
		load: (url, context, next) => {
			if (url.startsWith('file:')) {
				const file = fileURLToPath(url);
				if (file.startsWith(folder)) loaded.add(file);
			}
			return next(url, context);
		},
	});
	return () => hooks.deregister();
}

function sizeOf(files: ReadonlySet<string>): number {
	return [...files].reduce((sum, file) => sum + statSync(file).size, 0);
}
