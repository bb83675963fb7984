import { asId, type StepId } from '../../base/ids';
import type { CallOrigin } from '../../safety/gate';
import { toolTier } from '../../safety/tiers';
import type { Toolbox } from '../../tools/toolbox';
import type { ToolRunner } from '../../tools/toolRunner';
import type { ServiceCall, ToolService } from './services';

export interface ToolServiceOptions {
	readonly toolbox: Pick<Toolbox, 'list'>;
	/** Takes every call through the gate. */
	readonly runner: Pick<ToolRunner, 'run'>;
	/** Nobody is there to ask: what was not granted is refused. */
	readonly isUnattended?: boolean;
	/** `acceptEdits`: the user wants edits inside the workspace to go through. */
	readonly mode?: string;
	/** Resolves when what the gate recorded is on disk. */
	readonly settled?: () => Promise<void>;
}

/** Tools for the nodes of flows. Each call is one of the gate's, on behalf of the node's step. */
export function toolService({ toolbox, runner, isUnattended, mode, settled }: ToolServiceOptions): ToolService {
	return {
		async call(name, input, call) {
			const { cwd, execution, signal, secrets } = call;
			const origin = originOf(call, isUnattended === true, mode);
			const onProgress = (text: string): void => call.progress(text);
			const context = { cwd, conversation: null, execution, onProgress, ...(secrets ? { secrets } : {}) };
			const options = { origin, context, signal, isForProgram: true };
			const outcome = await runner.run({ id: call.call, name, input }, options);
			await settled?.();
			return outcome;
		},
		async offers(patterns) {
			const fits = matcher(patterns);
			return toolbox
				.list()
				.filter(({ name }) => fits(name) && toolTier(name).tier !== 'BLACK')
				.map(({ name, description, schema }) => ({ name, description, schema }));
		},
	};
}

/** On whose behalf a node calls. */
export function originOf(call: ServiceCall, isUnattended: boolean, mode: string | undefined): CallOrigin {
	return {
		conversation: null,
		asker: call.asker,
		execution: call.execution,
		step: asId<StepId>(call.call),
		...(isUnattended ? { isUnattended } : {}),
		...(mode === undefined ? {} : { mode }),
	};
}

/** Whether a name fits any pattern; `*` stands for any characters. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
	const expressions = patterns.map(pattern => {
		const parts = pattern.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
		return new RegExp(`^${parts.join('.*')}$`, 'u');
	});
	return name => expressions.some(expression => expression.test(name));
}
