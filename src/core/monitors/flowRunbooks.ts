import * as z from 'zod/mini';
import type { Json } from '../base/json';
import { isCondition, type Condition, type Incident } from './incident';
import type { RepairContext, Runbook } from './runbook';

/** One entry of the setting: a flow that answers a condition. */
export interface FlowRunbookConfig {
	readonly condition: Condition;
	/** Path of the flow, from its workspace folder. */
	readonly flow: string;
	/** Only for this service or metric. */
	readonly subject?: string;
	readonly title?: string;
	readonly coolDownMinutes: number;
	readonly verifySeconds: number;
	readonly place: 'user' | 'workspace';
}

/** How a flow is run for an incident. */
export interface FlowRunner {
	/** Whether the file is there, in this window's folders. */
	exists(flow: string): Promise<boolean>;
	/** Runs it to its end; rejects with a sentence when it fails. The result says what it gave back. */
	run(flow: string, inputs: Readonly<Record<string, Json>>, context: RepairContext): Promise<string>;
}

// Its own name begins with what our names do not.
const { _default: withDefault } = z;
const configSchema = z.object({
	condition: z.string(),
	flow: z.string().check(z.endsWith('.flow.json')),
	subject: z.optional(z.string()),
	title: z.optional(z.string()),
	coolDownMinutes: withDefault(z.number().check(z.gte(1), z.lte(1440)), 10),
	verifySeconds: withDefault(z.number().check(z.gte(1), z.lte(600)), 60),
});

/** Reads the setting; what is wrong with an entry is said, and the others count. */
export function readFlowRunbooks(
	values: readonly unknown[],
	place: FlowRunbookConfig['place'],
): {
	readonly configs: readonly FlowRunbookConfig[];
	readonly problems: readonly string[];
} {
	const configs: FlowRunbookConfig[] = [];
	const problems: string[] = [];
	for (const [index, value] of values.entries()) {
		const read = configSchema.safeParse(value);
		const where = `Entry ${index + 1} of quarterdeck.runbooks`;
		if (!read.success) {
			const [issue] = read.error.issues;
			problems.push(`${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'cannot be read'}`);
			continue;
		}
		const { condition, subject, title, ...rest } = read.data;
		if (!isCondition(condition)) problems.push(`${where}: “${condition}” is no condition`);
		else
			configs.push({
				place,
				...rest,
				condition,
				...(subject === undefined ? {} : { subject }),
				...(title === undefined ? {} : { title }),
			});
	}
	return { configs, problems };
}

/** A flow as a runbook. It is given what happened, as far as it has inputs of these names. */
export function flowRunbook(config: FlowRunbookConfig, runner: FlowRunner): Runbook {
	const { flow, condition, coolDownMinutes, verifySeconds } = config;
	const title = config.title ?? `Run ${flow}`;
	return {
		id: `flow:${flow}`,
		conditions: [condition],
		tool: 'quarterdeck_run_flow',
		needsLevel: 3,
		isAlwaysAsked: config.place === 'workspace',
		coolDownMs: coolDownMinutes * 60_000,
		verifyMs: verifySeconds * 1_000,
		async plan(incident) {
			const isMeant = config.subject === undefined || config.subject === incident.subject;
			if (!isMeant || !(await runner.exists(flow))) return undefined;
			const inputs = inputsFor(incident);
			return {
				title,
				verb: 'Run Flow',
				question: `${title}?`,
				input: { path: flow, inputs },
				touches: [flow],
				run: context => runner.run(flow, inputs, context),
			};
		},
	};
}

function inputsFor({ condition, subject, name, evidence, since }: Incident): Readonly<Record<string, Json>> {
	return { condition, subject, name, evidence, since: new Date(since).toISOString() };
}
