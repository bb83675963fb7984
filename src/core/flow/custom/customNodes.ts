import { ExpectedError, errorText } from '../../base/errors';
import { Emitter } from '../../base/event';
import { Owner } from '../../base/lifecycle';
import type { NodeType } from '../nodes/nodeType';
import type { SandboxFailure } from '../sandbox/protocol';
import { describeFile, sourceHash, type CustomFile } from './customFile';
import { customNode, missingGrants, type CustomNodeDeps } from './customNode';

/** A file of `.quarterdeck/nodes` as it lies there. */
export interface NodeSource {
	/** Below the workspace, with slashes. */
	readonly path: string;
	readonly text: string;
}

/** A file that is no node now, for Problems. */
export interface CustomProblem {
	readonly path: string;
	readonly message: string;
	/** From 1. */
	readonly line: number;
	readonly column: number;
}

/** One node for lists and for the question what it may reach. */
export interface CustomNodeView {
	readonly type: string;
	readonly title: string;
	readonly path: string;
	readonly hash: string;
	readonly capabilities: readonly string[];
	/** Of these, what the user has not granted to this version of the file. */
	readonly missing: readonly string[];
}

/** How a type that a flow names stands: with what it was when somebody looked last. */
export type CustomState = 'ready' | 'not-granted' | 'changed' | 'broken' | 'missing';

interface Loaded {
	readonly file: CustomFile;
	readonly type: NodeType;
}

/** The custom nodes of one workspace folder. Files are described in the sandbox; none is ever imported. */
export class CustomNodes extends Owner {
	readonly #deps: CustomNodeDeps;
	#loaded = new Map<string, Loaded>();
	#problems: readonly CustomProblem[] = [];
	#generation = 0;
	readonly #change = this.own(new Emitter<void>());
	/** Types, problems or both are others. */
	readonly onDidChange = this.#change.event;

	constructor(deps: CustomNodeDeps) {
		super();
		this.#deps = deps;
	}

	/** For the catalogue. */
	get types(): readonly NodeType[] {
		return [...this.#loaded.values()].map(({ type }) => type);
	}

	get problems(): readonly CustomProblem[] {
		return this.#problems;
	}

	get views(): readonly CustomNodeView[] {
		return [...this.#loaded.values()].map(({ file, type }) => ({
			type: type.type,
			title: type.title,
			path: file.path,
			hash: file.hash,
			capabilities: file.description.capabilities,
			missing: missingGrants(file, this.#deps.grants),
		}));
	}

	/**
	 * How a type of a flow stands.
	 * @param hash of the source that the flow was last run with; absent where it never ran
	 */
	stateOf(type: string, hash?: string): CustomState {
		const loaded = this.#loaded.get(type);
		const name = type.replace(/^custom\./u, '');
		if (!loaded) return this.#problems.some(({ path }) => path.endsWith(`/${name}.js`)) ? 'broken' : 'missing';
		if (hash !== undefined && hash !== loaded.file.hash) return 'changed';
		return missingGrants(loaded.file, this.#deps.grants).length > 0 ? 'not-granted' : 'ready';
	}

	/** Takes the files as they are now; what did not change is not described again. A later call overtakes an earlier. */
	async update(sources: readonly NodeSource[], signal: AbortSignal): Promise<void> {
		const generation = (this.#generation += 1);
		const known = new Map(
			[...this.#loaded.values()].map(loaded => [`${loaded.file.path}\n${loaded.file.hash}`, loaded]),
		);
		const described = await Promise.all(
			sources.map(
				async source => known.get(`${source.path}\n${sourceHash(source.text)}`) ?? this.#load(source, signal),
			),
		);
		if (generation !== this.#generation || this.store.isDisposed) return;
		const loaded = new Map<string, Loaded>();
		const problems: CustomProblem[] = [];
		for (const item of described) {
			if ('message' in item) {
				problems.push(item);
				continue;
			}
			const first = loaded.get(item.type.type);
			if (!first) loaded.set(item.type.type, item);
			else {
				const message = `“${item.file.description.type}” is the type of ${first.file.path} already.`;
				problems.push({ path: item.file.path, message, line: 1, column: 1 });
			}
		}
		this.#loaded = loaded;
		this.#problems = problems;
		this.#change.fire();
	}

	async #load({ path, text }: NodeSource, signal: AbortSignal): Promise<Loaded | CustomProblem> {
		try {
			const file = await describeFile(this.#deps.sandbox, path, text, signal);
			const expected = path.split('/').at(-1)?.replace(/\.js$/u, '');
			if (expected !== file.description.type) {
				const message = `The file of the type “${file.description.type}” is ${file.description.type}.js.`;
				throw new ExpectedError('custom-shape', message);
			}
			return { file, type: customNode(file, this.#deps) as NodeType };
		} catch (error) {
			const { line = 1, column = 1 } = (ExpectedError.is(error) ? error.details : {}) as Partial<SandboxFailure>;
			return { path, message: errorText(error), line, column };
		}
	}
}
