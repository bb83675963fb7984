import { hash } from 'node:crypto';
import type { Trigger } from '../../ledger/events';
import type { Flow, FlowNode, NodeId } from '../model/flow';
import type { NodeCatalog, NodeType } from '../nodes/nodeType';
import { durationMs } from '../nodes/support';
import { parseCron, type Cron } from './cron';
import { ownZone } from './zone';

/** What happens when a trigger fires while a run that it started goes on. */
export type Overlap = 'skip' | 'queue' | 'parallel';

/** When a schedule fires. `everyMs` counts from the moment it was turned on. */
export type Times = { readonly cron: Cron; readonly zone: string } | { readonly everyMs: number };

export const gitEvents = ['commit', 'checkout', 'pull'] as const;
export type GitEvent = (typeof gitEvents)[number];
export const fileEvents = ['created', 'changed', 'deleted'] as const;
export type FileEvent = (typeof fileEvents)[number];

/** What a trigger waits for. */
export type TriggerCause =
	| { readonly kind: 'manual' }
	| { readonly kind: 'schedule'; readonly times: Times; readonly catchUp: 'none' | 'once'; readonly words: string }
	| {
			readonly kind: 'webhook';
			readonly path: string;
			readonly method: string;
			/** `null`: it is answered at once. */
			readonly waitMs: number | null;
	  }
	| {
			readonly kind: 'fileChange';
			readonly pattern: string;
			readonly events: readonly FileEvent[];
			readonly restMs: number;
	  }
	| { readonly kind: 'git'; readonly events: readonly GitEvent[]; readonly branches: readonly string[] };

/** A trigger node of a flow. */
export interface TriggerSpec {
	readonly node: NodeId;
	readonly title: string;
	readonly kind: TriggerCause['kind'];
	/** What it says; whoever turned it on agreed to exactly this. */
	readonly hash: string;
	/** Absent while something is wrong with it. */
	readonly cause?: TriggerCause;
	/** What is wrong, in a sentence. */
	readonly problem: string | null;
	/** What is allowed and probably not meant. */
	readonly doubt: string | null;
	readonly overlap: Overlap;
	readonly maxPerHour: number;
}

/** Words of the ledger for runs that began so. */
export const ledgerTriggers: Readonly<Record<TriggerCause['kind'], Trigger>> = {
	manual: 'user',
	schedule: 'schedule',
	webhook: 'webhook',
	fileChange: 'files',
	git: 'git',
};

interface Params {
	readonly cron: string;
	readonly every: string;
	readonly timezone: string;
	readonly catchUp: 'none' | 'once';
	readonly path: string;
	readonly method: string;
	readonly answer: 'accepted' | 'output';
	readonly answerWithin: string;
	readonly pattern: string;
	readonly events: readonly string[];
	readonly rest: string;
	readonly branches: readonly string[];
	/** A manual trigger has neither of these. */
	readonly overlap?: Overlap;
	readonly maxPerHour?: number;
}

/** The triggers of a flow, in the order of the document. */
export function triggersOf(flow: Flow, catalog: NodeCatalog): readonly TriggerSpec[] {
	return Object.entries(flow.nodes).flatMap(([id, node]) => {
		const type = node.type.startsWith('trigger.') ? catalog.find(node.type) : undefined;
		return type?.isTrigger === true ? [specOf(flow, id, node, type)] : [];
	});
}

function specOf(flow: Flow, id: NodeId, node: FlowNode, type: NodeType): TriggerSpec {
	const kind = type.type.slice('trigger.'.length) as TriggerCause['kind'];
	const params = node.params ?? {};
	const own = { node: id, title: node.name ?? type.title, kind, hash: hashOf(node) };
	const reading = type.params.safeParse(params);
	const wrong = (problem: string): TriggerSpec => ({
		...own,
		problem,
		doubt: null,
		overlap: 'skip',
		maxPerHour: 0,
	});
	if (node.skip !== undefined) return wrong('It is muted.');
	if (node.in !== undefined) return wrong('It stands in a container: take it out.');
	if (JSON.stringify(params).includes('{{'))
		return wrong('Its parameters hold an expression, and nothing is known before it fires: write values.');
	if (!reading.success) return wrong(sentenceOf(reading.error.issues[0]));
	const missing = Object.entries(flow.inputs).find(([, input]) => input.default === undefined)?.[0];
	if (missing !== undefined && kind !== 'manual')
		return wrong(`The flow needs the input '${missing}', which a trigger does not give: give it a default.`);
	const whole = reading.data as Params;
	const { overlap = 'skip', maxPerHour = 60 } = whole;
	const [doubt] = type.doubts?.(reading.data) ?? [];
	return { ...own, cause: causeOf(kind, whole), problem: null, doubt: doubt?.message ?? null, overlap, maxPerHour };
}

function causeOf(kind: TriggerCause['kind'], params: Params): TriggerCause {
	switch (kind) {
		case 'schedule': {
			const { cron, every, timezone, catchUp } = params;
			const everyMs = durationMs(every);
			if (everyMs !== null) return { kind, times: { everyMs }, catchUp, words: `every ${every.trim()}` };
			const zone = timezone === '' ? ownZone() : timezone;
			const words = timezone === '' ? cron : `${cron} (${timezone})`;
			return { kind, times: { cron: parseCron(cron), zone }, catchUp, words };
		}
		case 'webhook': {
			const { path, method, answer, answerWithin } = params;
			return { kind, path, method, waitMs: answer === 'output' ? (durationMs(answerWithin) ?? 30_000) : null };
		}
		case 'fileChange': {
			const events = fileEvents.filter(event => params.events.includes(event));
			return { kind, pattern: params.pattern, events, restMs: durationMs(params.rest) ?? 500 };
		}
		case 'git': {
			const events = gitEvents.filter(event => params.events.includes(event));
			return { kind, events, branches: params.branches };
		}
		default:
			return { kind };
	}
}

/** Its name and its place may change; what it does may not. */
function hashOf({ type, params = {}, skip, in: container }: FlowNode): string {
	const sorted = Object.entries(params).toSorted(([left], [right]) => (left < right ? -1 : 1));
	return hash('sha256', JSON.stringify([type, sorted, skip ?? null, container ?? null]));
}

function sentenceOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
	if (!issue) return 'Its parameters are not right.';
	return `'${issue.path.map(String).join('.')}' is not right: ${issue.message.replace(/\.$/, '')}.`;
}
