import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { ExpectedError } from '../core/base/errors';
import type { LoadedFlow } from '../core/flow/engine/services';
import type { Flow } from '../core/flow/model/flow';
import { parseFlow } from '../core/flow/model/parse';
import { printFlow } from '../core/flow/model/print';
import type { FlowProblem } from '../core/flow/model/problem';
import { readNamed, shownPath, type Io } from './io';

/** A flow that cannot be read, with what is wrong in the manner of compilers. */
export class UnreadableFlow extends ExpectedError<'flow-unreadable'> {
	readonly problems: readonly FlowProblem[];

	constructor(path: string, problems: readonly FlowProblem[]) {
		super('flow-unreadable', problems.map(problem => problemLine(path, problem)).join('\n'));
		this.problems = problems;
	}
}

/** `review.flow.json:12:7: error: …`, as editors and CI know how to read it. */
export function problemLine(path: string, { range, severity, message, code }: FlowProblem): string {
	const place = range ? `:${range.line + 1}:${range.column + 1}` : '';
	return `${path}${place}: ${severity}: ${message} [${code}]`;
}

export interface FlowFile {
	readonly path: string;
	readonly text: string;
	readonly flow: Flow;
	readonly problems: readonly FlowProblem[];
}

/** Reads a flow that the user named. Rejects with `UnreadableFlow` when it is none. */
export async function readFlowFile(io: Io, path: string): Promise<FlowFile> {
	const text = await readNamed(io, path);
	const shown = path === '-' ? 'standard input' : shownPath(io, path);
	const { flow, problems } = parseFlow(text);
	if (!flow) throw new UnreadableFlow(shown, problems);
	return { path: shown, text, flow, problems };
}

/** SHA-256 of the canonical document. */
export function flowHash(flow: Flow): string {
	return hash('sha256', printFlow(flow));
}

/** Sub-flows of a folder, by paths that start there and do not leave it. */
export class FlowFolder {
	readonly #folder: string;
	readonly #embedded: Readonly<Record<string, Flow>>;

	/** @param embedded flows by their paths, which are not looked for in the folder */
	constructor(folder: string, embedded: Readonly<Record<string, Flow>> = {}) {
		this.#folder = folder;
		this.#embedded = embedded;
	}

	async load(path: string): Promise<LoadedFlow> {
		const own = Object.hasOwn(this.#embedded, path) ? this.#embedded[path] : undefined;
		if (own) return { flow: own, hash: flowHash(own) };
		const { flow, problems } = parseFlow(await readFile(this.#resolve(path), 'utf8'));
		if (!flow) throw new UnreadableFlow(path, problems);
		return { flow, hash: flowHash(flow) };
	}

	/** `undefined` when it cannot be read: the ports of its node are then not known. */
	find(path: string): Flow | undefined {
		if (Object.hasOwn(this.#embedded, path)) return this.#embedded[path];
		try {
			return parseFlow(readFileSync(this.#resolve(path), 'utf8')).flow;
		} catch {
			return undefined;
		}
	}

	#resolve(path: string): string {
		const file = resolve(this.#folder, path);
		const near = relative(this.#folder, file);
		if (near.startsWith('..') || near === '') {
			throw new ExpectedError('flow-outside', `The sub-flow ${path} is not inside ${this.#folder}.`);
		}
		return file;
	}
}
