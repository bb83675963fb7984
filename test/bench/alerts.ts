import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Evaluator } from '../../src/core/health/alerts/evaluator';
import type { AlertRule, Compare } from '../../src/core/health/alerts/rule';
import { median, type PrintLine } from './line';

const ruleCount = 10_000;
const sampleCount = 1_000_000;
/** Metrics that are told, each of a few cards, disks or services. */
const signalCount = 100;
const subjectsEach = 4;
const rounds = 3;

/** How fast samples are held against rules, and what that leaves in memory. */
export async function run(print: PrintLine): Promise<void> {
	const collect = exposeGc();
	const rules = makeRules();
	const samples = makeSamples();
	const seconds: number[] = [];
	const naive: number[] = [];
	let transitions = 0;
	let heap = 0;
	for (let round = 0; round < rounds; round++) {
		const evaluator = new Evaluator(rules);
		collect();
		const before = process.memoryUsage().heapUsed;
		const started = performance.now();
		transitions = 0;
		for (let index = 0; index < sampleCount; index++) {
			const subject = samples.subjects[index]!;
			transitions += evaluator.take(signals[subject]!, subjects[subject]!, samples.values[index]!, index * 10).length;
		}
		seconds.push((performance.now() - started) / 1000);
		collect();
		heap = Math.max(heap, process.memoryUsage().heapUsed - before);
		naive.push(naively(rules, samples));
		// Rounds of a second each would otherwise keep everything else waiting.
		await new Promise(resolve => setTimeout(resolve, 0));
	}
	const evaluations = sampleCount * (ruleCount / signalCount);
	const perSecond = Math.round(evaluations / median(seconds));
	const baseline = Math.round(evaluations / median(naive));
	const report = (metric: string, value: number, unit: string): void => print({ bench: 'alerts', metric, value, unit });
	print({
		bench: 'alerts',
		metric: 'evaluations_per_s',
		value: perSecond,
		unit: '1/s',
		baseline,
		ratio: rounded(perSecond / baseline),
	});
	report('samples_per_s', Math.round(sampleCount / median(seconds)), '1/s');
	report('transitions', transitions, 'changes');
	report('heap_growth_mb', rounded(heap / 1e6), 'MB');
}

const subjects: string[] = [];
const signals: string[] = [];
for (let signal = 0; signal < signalCount; signal++) {
	for (let subject = 0; subject < subjectsEach; subject++) {
		signals.push(`metric.${signal}`);
		subjects.push(`metric.${signal}:${subject}`);
	}
}

function makeRules(): readonly AlertRule[] {
	const compares: readonly Compare[] = ['>', '>=', '<', '<='];
	return Array.from({ length: ruleCount }, (_, index): AlertRule => {
		const compare = compares[index % 4]!;
		const isUp = compare.startsWith('>');
		const threshold = isUp ? 70 + (index % 30) : index % 30;
		return {
			id: `rule-${index}`,
			title: `Rule ${index}`,
			on: `metric.${index % signalCount}`,
			of: [],
			compare,
			threshold,
			clear: isUp ? threshold - 5 : threshold + 5,
			forMs: (index % 3) * 30_000,
			clearForMs: 30_000,
			severity: 'medium',
			worse: null,
			cooldownMs: 0,
			isMuted: false,
			isOwn: false,
		};
	});
}

interface Samples {
	readonly subjects: Uint16Array;
	readonly values: Float64Array;
}

/** Values that wander, as those of a machine do: mostly in the middle, at times at an end. */
function makeSamples(): Samples {
	const order = new Uint16Array(sampleCount);
	const values = new Float64Array(sampleCount);
	const now = new Float64Array(subjects.length).fill(50);
	let seed = 1;
	const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
	for (let index = 0; index < sampleCount; index++) {
		const subject = index % subjects.length;
		const value = now[subject]! + (random() - 0.5) * 6 + (50 - now[subject]!) * 0.02;
		now[subject] = Math.min(100, Math.max(0, value));
		order[index] = subject;
		values[index] = now[subject]!;
	}
	return { subjects: order, values };
}

/** The same as one would write it first: every rule looked at by its metric's name, its state in a map by names. */
function naively(rules: readonly AlertRule[], samples: Samples): number {
	const portion = sampleCount / 1000;
	const states = new Map<string, { since: number; isFiring: boolean }>();
	const started = performance.now();
	for (let index = 0; index < portion; index++) {
		const subject = samples.subjects[index]!;
		const value = samples.values[index]!;
		for (const rule of rules) {
			if (rule.on !== signals[subject]) continue;
			const key = `${rule.id} ${subjects[subject]}`;
			const state = states.get(key);
			if (holds(rule, value)) {
				if (!state) states.set(key, { since: index, isFiring: rule.forMs === 0 });
				else if (index * 10 - state.since >= rule.forMs) state.isFiring = true;
			} else if (state) states.delete(key);
		}
	}
	return ((performance.now() - started) / 1000) * (sampleCount / portion);
}

function holds({ compare, threshold }: AlertRule, value: number): boolean {
	switch (compare) {
		case '>':
			return value > threshold;
		case '>=':
			return value >= threshold;
		case '<':
			return value < threshold;
		default:
			return value <= threshold;
	}
}

function rounded(value: number): number {
	return Math.round(value * 100) / 100;
}

/** What is not needed any more is no growth. */
function exposeGc(): () => void {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc') as () => void;
}
