import { ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import type { SandboxFailure } from '../sandbox/protocol';
import type { Sandbox } from '../sandbox/sandbox';
import type { Capability } from '../sandbox/thread';
import { describeFile, fileName, paramsOf, type CustomDescription } from './customFile';
import { outputsOf } from './customNode';

/** What the user tries a node with. */
export interface NodeTrial {
	readonly path: string;
	readonly source: string;
	readonly inputs: Readonly<Record<string, Json>>;
	readonly params: Readonly<Record<string, Json>>;
	/** What the user lets it reach in this trial. */
	readonly capabilities?: Readonly<Record<string, Capability>>;
	readonly signal: AbortSignal;
}

export type TrialResult = {
	readonly log: readonly string[];
	readonly ms: number;
} & (
	| { readonly isOk: true; readonly description: CustomDescription; readonly outputs: PortValues }
	| { readonly isOk: false; readonly message: string; readonly failure: SandboxFailure | undefined }
);

/** Runs a node's source once, as it would run in a flow. What goes wrong is in the result; only stopping it rejects. */
export async function testCustomNode(sandbox: Pick<Sandbox, 'run'>, trial: NodeTrial): Promise<TrialResult> {
	const { path, source, inputs, signal } = trial;
	const log: string[] = [];
	const start = performance.now();
	const ms = (): number => Math.round(performance.now() - start);
	try {
		const { description } = await describeFile(sandbox, path, source, signal);
		const { success, data, error } = paramsOf(description.params).safeParse(trial.params);
		if (!success) {
			const { path: at, message } = error.issues[0] ?? { path: [], message: 'they do not fit' };
			throw new ExpectedError('custom-shape', `The parameter “${at.join('.')}” does not fit: ${message}.`);
		}
		const context = { node: description.type, attempt: 1, idempotencyKey: 'test' };
		const program = { kind: 'node' as const, file: fileName(path), source, inputs, params: data, context };
		const options = { signal, capabilities: trial.capabilities ?? {}, onLog: (text: string) => void log.push(text) };
		const result = await sandbox.run(program, options);
		return { isOk: true, log, ms: ms(), description, outputs: outputsOf(description, result) };
	} catch (error) {
		if (!ExpectedError.is(error)) throw error;
		const failure = error.code.startsWith('script-') ? (error.details as unknown as SandboxFailure) : undefined;
		return { isOk: false, log, ms: ms(), message: error.message, failure };
	}
}
