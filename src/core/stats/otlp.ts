import { hash } from 'node:crypto';
import type { ExecutionRow, StepRow, UsageRow } from '../ledger/queries';
import type { Measure } from './measures';

/**
 * What is sent to a collector, as OTLP over HTTP writes it in JSON. Names, models, tokens, costs, times and states: never
 * a title, a prompt, an input, an output or the text of an error, which may hold what a prompt held.
 */

export interface OtlpResource {
	readonly version: string;
	/** The machine that is measured. */
	readonly hostname: string;
}

/** A run that has ended, as the ledger has it. */
export interface EndedRun {
	readonly execution: ExecutionRow;
	readonly steps: readonly StepRow[];
	readonly usage: readonly UsageRow[];
}

type Value = { readonly stringValue: string } | { readonly intValue: string } | { readonly doubleValue: number };
interface Attribute {
	readonly key: string;
	readonly value: Value;
}
/** Enough for a collector: the rest of the format is not used. */
export type OtlpBody = Readonly<Record<string, unknown>>;

export interface Span {
	readonly traceId: string;
	readonly spanId: string;
	readonly parentSpanId?: string;
	readonly name: string;
	readonly kind: number;
	readonly startTimeUnixNano: string;
	readonly endTimeUnixNano: string;
	readonly attributes: readonly Attribute[];
	readonly status: { readonly code: number };
}

/** Kinds of spans: what happens here, and a call of something else. */
const kinds = { internal: 1, client: 3 } as const;
const statusCodes = { unset: 0, ok: 1, error: 2 } as const;
/** Totals since they were begun. */
const cumulative = 2;
const scope = { name: 'quarterdeck' };

/** One look at the measures, at a moment. */
export interface MeasuredAt {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly measures: readonly Measure[];
}

/**
 * The body for `/v1/metrics`.
 * @param startedAt since when totals are counted, milliseconds since 1970
 */
export function metricsBody(looks: readonly MeasuredAt[], startedAt: number, resource: OtlpResource): OtlpBody {
	const metrics = new Map<string, { readonly first: Measure; readonly points: unknown[] }>();
	for (const { at, measures } of looks) {
		for (const measure of measures) {
			const metric = metrics.get(measure.name) ?? { first: measure, points: [] };
			metrics.set(measure.name, metric);
			metric.points.push({
				attributes: Object.entries(measure.labels).map(([key, value]) => text(key, value)),
				...(measure.kind === 'total' ? { startTimeUnixNano: nano(startedAt) } : {}),
				timeUnixNano: nano(at),
				asDouble: measure.value,
			});
		}
	}
	const told = [...metrics.values()].map(({ first, points }) => {
		const head = { name: first.name, description: first.help, unit: first.unit };
		if (first.kind === 'gauge') return { ...head, gauge: { dataPoints: points } };
		return { ...head, sum: { dataPoints: points, aggregationTemporality: cumulative, isMonotonic: true } };
	});
	return { resourceMetrics: [{ resource: resourceOf(resource), scopeMetrics: [{ scope, metrics: told }] }] };
}

/** The body for `/v1/traces`. */
export function tracesBody(spans: readonly Span[], resource: OtlpResource): OtlpBody {
	return { resourceSpans: [{ resource: resourceOf(resource), scopeSpans: [{ scope, spans }] }] };
}

/** A run as a trace: the run itself, and its steps below it. */
export function spansOf({ execution, steps, usage }: EndedRun): readonly Span[] {
	const traceId = hash('sha256', execution.id).slice(0, 32);
	const root = spanId(execution.id);
	const known = new Set(steps.map(step => step.id));
	const rootSpan: Span = {
		traceId,
		spanId: root,
		name: execution.agent === null ? execution.kind : `${execution.kind} ${execution.agent}`,
		kind: kinds.internal,
		startTimeUnixNano: nano(execution.startedAt),
		endTimeUnixNano: nano(execution.endedAt ?? execution.startedAt),
		attributes: executionAttributes(execution, usage),
		status: { code: codeOf(execution.status) },
	};
	const stepSpans = steps.map((step): Span => ({
		traceId,
		spanId: spanId(step.id),
		parentSpanId: step.parent !== null && known.has(step.parent) ? spanId(step.parent) : root,
		name: step.name === '' ? step.kind : `${step.kind} ${step.name}`,
		kind: step.kind === 'model' ? kinds.client : kinds.internal,
		startTimeUnixNano: nano(step.startedAt),
		// A step of a run that was killed has no end of its own.
		endTimeUnixNano: nano(step.endedAt ?? execution.endedAt ?? step.startedAt),
		attributes: stepAttributes(step),
		status: { code: codeOf(step.status) },
	}));
	return [rootSpan, ...stepSpans];
}

function executionAttributes(execution: ExecutionRow, usage: readonly UsageRow[]): readonly Attribute[] {
	const { kind, trigger, status, provider, model, agent, cost, basis, stepCount } = execution;
	return [
		text('quarterdeck.kind', kind),
		text('quarterdeck.trigger', trigger),
		text('quarterdeck.status', status),
		text('gen_ai.provider.name', provider),
		...(model === null ? [] : [text('gen_ai.request.model', model)]),
		...(agent === null ? [] : [text('gen_ai.agent.name', agent)]),
		...tokensOf(execution.usage),
		...costOf(cost, basis),
		whole('quarterdeck.steps', stepCount),
		...(usage.length < 2
			? []
			: [text('quarterdeck.models', usage.map(row => `${row.provider}/${row.model}`).join(', '))]),
	];
}

function stepAttributes({ kind, name, status, usage, cost, inputBytes, outputBytes }: StepRow): readonly Attribute[] {
	const named = {
		model: 'gen_ai.request.model',
		tool: 'gen_ai.tool.name',
		node: 'quarterdeck.node',
		approval: 'gen_ai.tool.name',
	};
	return [
		text('quarterdeck.kind', kind),
		text(named[kind], name),
		text('quarterdeck.status', status),
		...(usage === null ? [] : tokensOf(usage)),
		...costOf(cost, null),
		whole('quarterdeck.input.bytes', inputBytes),
		whole('quarterdeck.output.bytes', outputBytes),
	];
}

function tokensOf(usage: ExecutionRow['usage']): readonly Attribute[] {
	return [
		whole('gen_ai.usage.input_tokens', usage.input),
		whole('gen_ai.usage.output_tokens', usage.output),
		whole('quarterdeck.usage.cache_read_tokens', usage.cacheRead),
		whole('quarterdeck.usage.cache_write_tokens', usage.cacheWrite5m + usage.cacheWrite1h),
	];
}

/** An unknown cost is told as unknown, and never as 0. */
function costOf(cost: number | null, basis: string | null): readonly Attribute[] {
	return [
		...(cost === null ? [] : [{ key: 'quarterdeck.cost.usd', value: { doubleValue: cost / 1e9 } }]),
		...(basis === null ? [] : [text('quarterdeck.cost.basis', basis)]),
	];
}

function codeOf(status: ExecutionRow['status'] | StepRow['status']): number {
	if (status === 'succeeded') return statusCodes.ok;
	return status === 'failed' || status === 'interrupted' ? statusCodes.error : statusCodes.unset;
}

function resourceOf({ version, hostname }: OtlpResource): OtlpBody {
	const attributes = [
		text('service.name', 'quarterdeck'),
		text('service.version', version),
		text('host.name', hostname),
	];
	return { attributes };
}

function spanId(id: string): string {
	return hash('sha256', id).slice(0, 16);
}

/** Nanoseconds do not fit a number of JavaScript; JSON has them as text anyway. */
function nano(ms: number): string {
	return `${Math.round(ms)}000000`;
}

function text(key: string, value: string): Attribute {
	return { key, value: { stringValue: value } };
}

function whole(key: string, value: number): Attribute {
	return { key, value: { intValue: String(Math.round(value)) } };
}
