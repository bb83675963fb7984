import type { NanoDollars } from '../base/money';
import type { ServiceView } from '../health/health';
import type { Sample } from '../hardware/sample';
import type { Alert, Severity } from '../ledger/machineEvents';
import { budgetUse } from '../ledger/views/budget';
import { formatCostSum, plural } from '../ledger/views/format';
import { formatBytes } from '../ledger/views/health';
import type { RepairRecord } from './repairLog';

/** Everything that a report is made of. What is not known is absent, and takes no points. */
export interface ReportFacts {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** "anna (Debian GNU/Linux 12)". */
	readonly machine?: string;
	readonly sample?: Sample;
	readonly services: readonly ServiceView[];
	/** Those that are not resolved. */
	readonly alerts: readonly Alert[];
	/** Executions of the last day, and those of them that failed, the newest first. */
	readonly executions: number;
	readonly failures: readonly { readonly title: string; readonly error: string | null; readonly at: number }[];
	readonly costs?: {
		readonly today: NanoDollars;
		readonly month: NanoDollars;
		/** Executions of the month without a known price. */
		readonly unpriced: number;
		/** US dollars; 0 for none. */
		readonly dailyUsd: number;
		readonly monthlyUsd: number;
	};
	/** What we ourselves keep on disk. */
	readonly storage: readonly { readonly name: string; readonly bytes: number }[];
	/** Repairs of the last day. */
	readonly repairs: readonly Pick<RepairRecord, 'at' | 'outcome'>[];
}

/** Why the score is not 100. */
export interface Reason {
	readonly minus: number;
	readonly severity: Severity;
	readonly sentence: string;
	/** What was seen. */
	readonly evidence: string;
	/** What to do about it; empty where there is nothing but to look. */
	readonly advice: string;
}

export interface MachineReport {
	readonly at: number;
	readonly machine: string | null;
	/** 0 to 100. */
	readonly score: number;
	/** The costliest first. */
	readonly reasons: readonly Reason[];
	readonly metrics: readonly { readonly name: string; readonly value: string }[];
	readonly services: readonly Pick<ServiceView, 'name' | 'state' | 'reason'>[];
	/** Failures of the last day by what failed, the most frequent first. */
	readonly failures: readonly { readonly title: string; readonly count: number; readonly error: string | null }[];
	readonly advice: readonly string[];
}

const largeStorage = 1e9;
const order: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** Judges the machine. The same facts give the same report. */
export function machineReport(facts: ReportFacts): MachineReport {
	const reasons = [
		...serviceReasons(facts.services),
		...sampleReasons(facts.sample),
		...alertReasons(facts),
		...failureReasons(facts),
		...costReasons(facts.costs),
		...ownReasons(facts),
	].toSorted((left, right) => right.minus - left.minus || order.indexOf(right.severity) - order.indexOf(left.severity));
	const lost = reasons.reduce((sum, { minus }) => sum + minus, 0);
	const advice = [...new Set(reasons.map(each => each.advice).filter(text => text !== ''))];
	return {
		at: facts.at,
		machine: facts.machine ?? null,
		score: Math.max(0, 100 - lost),
		reasons,
		metrics: metricsFor(facts),
		services: facts.services.map(({ name, state, reason }) => ({ name, state, reason })),
		failures: failuresByTitle(facts.failures),
		advice,
	};
}

function reason(minus: number, severity: Severity, sentence: string, evidence: string, advice: string): Reason {
	return { minus, severity, sentence, evidence, advice };
}

/** Those that somebody counts on. One behind a dead one is not counted again. */
function serviceReasons(services: readonly ServiceView[]): readonly Reason[] {
	return services
		.filter(({ isStopped, isExpected }) => !isStopped && isExpected)
		.flatMap(({ name, state, reason: evidence, actions }) => {
			if (state === 'degraded') return [reason(5, 'medium', `${name} answers badly.`, evidence, '')];
			if (state !== 'unhealthy') return [];
			const can = actions.includes('restart') || actions.includes('start');
			const advice = can ? `Start ${name} again: it can be done from the Services view.` : `Start ${name} again.`;
			return [reason(15, 'high', `${name} does not answer.`, evidence, advice)];
		});
}

interface Bound {
	readonly value: number | undefined;
	readonly warns: number;
	readonly fails: number;
	readonly what: string;
	readonly unit: string;
	readonly minus: readonly [number, number];
	readonly advice: string;
}

function boundReasons(bounds: readonly Bound[]): readonly Reason[] {
	return bounds.flatMap(({ value, warns, fails, what, unit, minus, advice }) => {
		if (value === undefined || value < warns) return [];
		const isWorst = value >= fails;
		const evidence = `${Math.round(value)} ${unit}, from ${isWorst ? fails : warns} ${unit} on it counts.`;
		return [reason(minus[isWorst ? 1 : 0], isWorst ? 'high' : 'medium', what, evidence, advice)];
	});
}

function sampleReasons(sample: Sample | undefined): readonly Reason[] {
	if (!sample) return [];
	const { cpu, memory, disks, gpus } = sample;
	return boundReasons([
		{
			value: share(memory.used, memory.total),
			warns: 90,
			fails: 95,
			what: 'Memory is short.',
			unit: '%',
			minus: [10, 20],
			advice: 'Close what you do not use, or unload a model.',
		},
		{
			value: cpu.temperature,
			warns: 90,
			fails: 95,
			what: 'The processor is hot.',
			unit: '°C',
			minus: [5, 10],
			advice: 'Look whether the fans turn and the vents are free.',
		},
		...disks.map(disk => ({
			value: share(disk.used, disk.used + disk.free),
			warns: 90,
			fails: 95,
			what: `The disk at ${disk.mount} is nearly full.`,
			unit: '%',
			minus: [10, 20] as const,
			advice: `Make room on ${disk.mount}: models that are not used are the largest files.`,
		})),
		...gpus.map(gpu => ({
			value: gpu.temperature,
			warns: 85,
			fails: 90,
			what: `${gpu.name} is hot.`,
			unit: '°C',
			minus: [5, 15] as const,
			advice: 'Let the GPU cool down, or lower its power limit.',
		})),
		...gpus.map(gpu => ({
			value: share(gpu.memoryUsed, gpu.memoryTotal),
			warns: 97,
			fails: 99,
			what: `The memory of ${gpu.name} is full.`,
			unit: '%',
			minus: [3, 5] as const,
			advice: 'Unload a model, or use a smaller one: what does not fit runs many times slower.',
		})),
	]);
}

/** Metrics that `sampleReasons` judges by itself. */
const looksAt: ReadonlySet<string> = new Set([
	'disk.usage',
	'memory.usage',
	'cpu.temperature',
	'gpu.temperature',
	'gpu.memory',
]);
const alertCosts: Readonly<Record<Severity, number>> = { low: 2, medium: 5, high: 10, critical: 20 };

/** Those about something that has not taken its points already. */
function alertReasons({ alerts, sample }: ReportFacts): readonly Reason[] {
	const isCounted = ({ subject }: Alert): boolean => {
		const [kind = ''] = subject.split(':', 1);
		if (kind === 'service' || kind === 'budget') return true;
		return sample !== undefined && looksAt.has(kind);
	};
	return alerts
		.filter(alert => alert.state === 'firing' && !isCounted(alert))
		.map(({ severity, title, cause }) => reason(alertCosts[severity], severity, `${title}.`, cause, ''));
}

function failureReasons({ failures, executions }: ReportFacts): readonly Reason[] {
	if (failures.length === 0) return [];
	const percent = Math.round((failures.length / Math.max(executions, failures.length)) * 100);
	const isMany = failures.length >= 3 && percent >= 20;
	const [worst] = failuresByTitle(failures);
	const evidence = `${percent} % of ${plural(Math.max(executions, failures.length), 'execution')}; most often “${worst?.title ?? ''}”.`;
	return [
		reason(
			isMany ? 10 : Math.min(5, failures.length),
			isMany ? 'high' : 'low',
			`${plural(failures.length, 'execution')} failed in the last day.`,
			evidence,
			`Look at why “${worst?.title ?? ''}” fails: its execution says so.`,
		),
	];
}

function costReasons(costs: ReportFacts['costs']): readonly Reason[] {
	if (!costs) return [];
	const budgets = [
		{ name: 'The budget of the day', use: budgetUse(costs.today, costs.dailyUsd) },
		{ name: 'The budget of the month', use: budgetUse(costs.month, costs.monthlyUsd) },
	];
	return budgets.flatMap(({ name, use }) => {
		const evidence = `${use.percent} % of it are spent.`;
		const advice = 'Use a local model for what does not need a large one, or raise the budget.';
		if (use.level === 'exceeded') return [reason(10, 'high', `${name} is used up.`, evidence, advice)];
		return use.level === 'warning' ? [reason(5, 'medium', `${name} is nearly used up.`, evidence, advice)] : [];
	});
}

function ownReasons({ storage, repairs }: ReportFacts): readonly Reason[] {
	const bytes = storage.reduce((sum, each) => sum + each.bytes, 0);
	const failed = repairs.filter(({ outcome }) => outcome === 'failed').length;
	return [
		...(bytes < largeStorage
			? []
			: [
					reason(
						3,
						'low',
						'Quarterdeck keeps much on this disk.',
						formatBytes(bytes),
						'Clear the caches, or keep executions for a shorter time.',
					),
				]),
		...(failed === 0
			? []
			: [
					reason(
						5,
						'medium',
						`${plural(failed, 'repair')} did not help in the last day.`,
						'See the executions of the kind runbook.',
						'',
					),
				]),
	];
}

function metricsFor({ sample, costs, storage, executions, failures }: ReportFacts): MachineReport['metrics'] {
	const rows: { name: string; value: string }[] = [];
	const add = (name: string, value: string | undefined): void => {
		if (value !== undefined) rows.push({ name, value });
	};
	if (sample) {
		const { cpu, memory, disks, gpus } = sample;
		add('Processor', percentText(cpu.usage));
		add('Memory', `${percentText(share(memory.used, memory.total))} of ${formatBytes(memory.total)}`);
		for (const { mount, used, free } of disks)
			add(`Disk ${mount}`, `${percentText(share(used, used + free))}, ${formatBytes(free)} free`);
		for (const { name, usage, memoryUsed, memoryTotal, temperature } of gpus) {
			const parts = [
				percentText(usage),
				memoryUsed === undefined || memoryTotal === undefined
					? undefined
					: `${formatBytes(memoryUsed)} of ${formatBytes(memoryTotal)}`,
				temperature === undefined ? undefined : `${Math.round(temperature)} °C`,
			].filter(part => part !== undefined);
			add(name, parts.length === 0 ? undefined : parts.join(', '));
		}
	}
	add('Executions of the last day', `${executions}, of which ${failures.length} failed`);
	if (costs) {
		add('Costs today', formatCostSum(costs.today, 0));
		add('Costs this month', formatCostSum(costs.month, costs.unpriced));
	}
	for (const { name, bytes } of storage) add(`On disk: ${name}`, formatBytes(bytes));
	return rows;
}

function failuresByTitle(failures: ReportFacts['failures']): MachineReport['failures'] {
	const titles = [...new Set(failures.map(({ title }) => title))];
	return titles
		.map(title => {
			const all = failures.filter(each => each.title === title);
			return { title, count: all.length, error: all[0]?.error ?? null };
		})
		.toSorted((left, right) => right.count - left.count);
}

function share(part: number | undefined, whole: number | undefined): number | undefined {
	return part === undefined || whole === undefined || whole <= 0 ? undefined : (part / whole) * 100;
}

function percentText(value: number | undefined): string | undefined {
	return value === undefined ? undefined : `${Math.round(value)} %`;
}
