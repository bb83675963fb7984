import type { Json } from '../../base/json';
import type { ToolContext, Tool } from '../tool';
import { textResult } from '../tool';

/** A flow that may be run. */
export interface FlowOffer {
	/** From the workspace folder, with slashes. */
	readonly path: string;
	readonly name: string;
	readonly description: string;
	/** What it must or may be given: `diff (text, required): The change to review`. */
	readonly inputs: readonly string[];
}

/** Runs flows of the workspace. */
export interface FlowsPort {
	list(cwd: string): Promise<readonly FlowOffer[]>;
	/** Rejects with a sentence when the flow cannot run. */
	run(
		path: string,
		inputs: Readonly<Record<string, Json>>,
		context: Pick<ToolContext, 'cwd' | 'execution' | 'signal' | 'onProgress'>,
	): Promise<{
		readonly status: 'succeeded' | 'failed' | 'stopped';
		readonly outputs: Readonly<Record<string, Json>>;
		readonly error: string | null;
	}>;
}

/** `quarterdeck_run_flow`: a flow as a tool. What its nodes do passes the gate call by call. */
export function runFlowTool(flows: FlowsPort): Tool {
	return {
		name: 'quarterdeck_run_flow',
		title: 'Run flow',
		description:
			'Runs a flow of this workspace, a graph of agents, tools and code in a *.flow.json file, and gives its outputs as JSON. Without a path it lists the flows with the inputs that they take.',
		schema: {
			type: 'object',
			properties: {
				path: { type: 'string', description: 'The file, from the workspace folder.', minLength: 1, maxLength: 1000 },
				inputs: { type: 'object', description: 'Values by the name of the input.' },
			},
			required: [],
			additionalProperties: false,
		},
		source: 'Quarterdeck',
		// A run has caps of its own, and may wait for a person.
		timeoutMs: Infinity,
		async run(input, context) {
			const path = input['path'];
			if (typeof path !== 'string') return textResult(listText(await flows.list(context.cwd)));
			const inputs = (input['inputs'] ?? {}) as Readonly<Record<string, Json>>;
			const { status, outputs, error } = await flows.run(path, inputs, context);
			if (status !== 'succeeded') return textResult(error ?? `The run was ${status}.`, true);
			return { ...textResult(JSON.stringify(outputs, null, 2)), value: outputs };
		},
	};
}

function listText(flows: readonly FlowOffer[]): string {
	if (flows.length === 0) return 'There are no flows in this workspace.';
	return flows
		.map(({ path, name, description, inputs }) => {
			const about = description === '' ? '' : ` — ${description}`;
			return [`${path}: ${name}${about}`, ...inputs.map(line => `  ${line}`)].join('\n');
		})
		.join('\n');
}
