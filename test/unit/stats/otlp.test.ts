import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import { asId, type ExecutionId, type StepId } from '../../../src/core/base/ids';
import { silentLogger, type Logger } from '../../../src/core/base/logger';
import { noUsage } from '../../../src/core/ledger/events';
import type { ExecutionRow, Ledger, LedgerChange, StepRow } from '../../../src/core/ledger/queries';
import { EndedRuns } from '../../../src/core/stats/endedRuns';
import { machineMeasures } from '../../../src/core/stats/measures';
import { metricsBody, spansOf, type EndedRun } from '../../../src/core/stats/otlp';
import { OtlpExporter, otlpEndpoint, otlpHeaders } from '../../../src/core/stats/otlpExporter';
import { ManualClock } from '../../fakes/manualClock';
import { sampleAt } from './world';

const at = Date.UTC(2026, 0, 15, 12);

function endedRun(more: Partial<ExecutionRow> = {}): EndedRun {
	const execution: ExecutionRow = {
		id: asId<ExecutionId>('0b6c2f7e-5f7e-4a55-9f6c-7d5f6f1f0a11'),
		kind: 'flow',
		trigger: 'user',
		status: 'failed',
		title: 'PRIVATE title',
		agent: 'Nightly',
		project: '/home/ada/PRIVATE',
		provider: 'claude',
		model: 'sonnet',
		conversation: null,
		startedAt: at,
		endedAt: at + 5_000,
		error: 'PRIVATE error',
		usage: { ...noUsage, input: 100, output: 20 },
		cost: 1_000_000,
		basis: 'priced',
		stepCount: 2,
		...more,
	};
	const step: StepRow = {
		id: asId<StepId>('step-1'),
		execution: execution.id,
		parent: null,
		kind: 'tool',
		name: 'Bash',
		title: 'PRIVATE command',
		status: 'succeeded',
		startedAt: at + 1_000,
		endedAt: at + 2_000,
		usage: null,
		cost: null,
		inputBytes: 10,
		outputBytes: 20,
	};
	const inner = {
		...step,
		id: asId<StepId>('step-2'),
		parent: step.id,
		name: 'sonnet',
		kind: 'model' as const,
		endedAt: null,
	};
	return { execution, steps: [step, inner], usage: [] };
}

describe('what is sent', () => {
	test('a run as a trace with its steps below it, at their times', () => {
		const spans = spansOf(endedRun());
		expect(spans.map(({ name, kind, status }) => [name, kind, status.code])).toEqual([
			['flow Nightly', 1, 2],
			['tool Bash', 1, 1],
			['model sonnet', 3, 1],
		]);
		const [root, tool, model] = spans;
		expect(root).not.toHaveProperty('parentSpanId');
		expect([tool!.parentSpanId, model!.parentSpanId]).toEqual([root!.spanId, tool!.spanId]);
		expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
		expect(root!.traceId).toMatch(/^[0-9a-f]{32}$/);
		expect(spans.every(({ spanId }) => /^[0-9a-f]{16}$/.test(spanId))).toBe(true);
		expect([root!.startTimeUnixNano, root!.endTimeUnixNano, model!.endTimeUnixNano]).toEqual([
			`${at}000000`,
			`${at + 5_000}000000`,
			`${at + 5_000}000000`,
		]);
		expect(root!.attributes).toEqual(
			expect.arrayContaining([
				{ key: 'gen_ai.request.model', value: { stringValue: 'sonnet' } },
				{ key: 'gen_ai.usage.input_tokens', value: { intValue: '100' } },
				{ key: 'quarterdeck.cost.usd', value: { doubleValue: 0.001 } },
				{ key: 'quarterdeck.cost.basis', value: { stringValue: 'priced' } },
			]),
		);
	});

	test('never a title, a folder or the text of an error; an unknown cost not as 0', () => {
		const text = JSON.stringify(spansOf(endedRun({ cost: null, basis: 'unpriced' })));
		expect(text).not.toContain('PRIVATE');
		expect(text).not.toContain('cost.usd');
		expect(text).toContain('unpriced');
	});

	test('looks as points of a metric: gauges, and totals since the beginning', () => {
		const looks = [at, at + 60_000].map(moment => ({ at: moment, measures: machineMeasures(sampleAt(moment)) }));
		const body = metricsBody(looks, at - 1, { version: '1.2.3', hostname: 'ada' }) as {
			resourceMetrics: {
				resource: unknown;
				scopeMetrics: { metrics: { name: string; unit: string; gauge?: unknown; sum?: unknown }[] }[];
			}[];
		};
		const { metrics } = body.resourceMetrics[0]!.scopeMetrics[0]!;
		const find = (name: string): unknown => metrics.find(metric => metric.name === name);
		const point = (moment: number, value: number, more = {}): unknown => ({
			attributes: [],
			timeUnixNano: `${moment}000000`,
			asDouble: value,
			...more,
		});
		expect(find('quarterdeck.cpu.usage')).toEqual({
			name: 'quarterdeck.cpu.usage',
			description: 'Share of all cores that is in use.',
			unit: '1',
			gauge: { dataPoints: [point(at, 0.125), point(at + 60_000, 0.125)] },
		});
		const since = { startTimeUnixNano: `${at - 1}000000` };
		expect(find('quarterdeck.network.sent')).toMatchObject({
			sum: {
				aggregationTemporality: 2,
				isMonotonic: true,
				dataPoints: [point(at, 1000, since), point(at + 60_000, 1000, since)],
			},
		});
		expect(JSON.stringify(body.resourceMetrics[0]!.resource)).toContain('"service.name"');
	});
});

describe('where it is sent', () => {
	test.each([
		['https://otel.example.com', 'https://otel.example.com'],
		['https://otel.example.com/otlp/', 'https://otel.example.com/otlp'],
		['http://127.0.0.1:4318/v1/traces', 'http://127.0.0.1:4318'],
		['http://localhost:4318', 'http://localhost:4318'],
		['http://[::1]:4318/', 'http://[::1]:4318'],
	])('%s', (text, endpoint) => expect(otlpEndpoint(text)).toBe(endpoint));

	test.each([
		'http://otel.example.com',
		'http://127.0.0.1.example.com',
		'ftp://127.0.0.1',
		'https://a:b@example.com',
		'otel',
		'http://10.0.0.1',
	])('%s is refused', text => expect(() => otlpEndpoint(text)).toThrow('must be an https address'));

	test('headers as other exporters have them; what is none is refused without being told', () => {
		expect(otlpHeaders('Authorization=Bearer a=b, x-scope=team%20one,')).toEqual({
			authorization: 'Bearer a=b',
			'x-scope': 'team one',
		});
		expect(otlpHeaders('')).toEqual({});
		expect(() => otlpHeaders('a=1,hunter2')).toThrow('Header 2 is not of the form name=value.');
		expect(() => otlpHeaders('a=x%0d%0ay')).toThrow('Header 1 is not of the form name=value.');
	});
});

describe('sending', () => {
	let collector: Server;
	let endpoint: string;
	let got: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
	let answers: { readonly status: number; readonly headers?: Record<string, string> }[];
	let clock: ManualClock;
	let warnings: string[];
	let log: Logger;
	let exporter: OtlpExporter | undefined;

	beforeEach(async () => {
		got = [];
		answers = [];
		warnings = [];
		clock = new ManualClock();
		log = { ...silentLogger, warn: text => warnings.push(text), info: text => warnings.push(text) };
		collector = createServer((request, response) => {
			let body = '';
			request.on('data', part => (body += String(part)));
			request.on('end', () => {
				got.push({ path: request.url ?? '', headers: request.headers, body });
				const { status, headers } = answers.shift() ?? { status: 200 };
				response.writeHead(status, headers).end('{}');
			});
		});
		await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
		endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
	});

	afterEach(() => {
		exporter?.dispose();
		collector.close();
		collector.closeAllConnections();
	});

	function start(): OtlpExporter {
		exporter = new OtlpExporter({
			clock,
			log,
			target: { endpoint, headers: { authorization: 'Bearer key' } },
			resource: { version: '1.2.3', hostname: 'ada' },
			intervalMs: 60_000,
			measures: () => Promise.resolve(machineMeasures(sampleAt(clock.now()))),
			random: () => 1,
		});
		return exporter;
	}

	const paths = (): readonly string[] => got.map(({ path }) => path);

	test('metrics at their pace, runs at once, with the headers of the user', async () => {
		const sending = start();
		await vi.waitFor(() => expect(paths()).toEqual(['/v1/metrics']));
		await vi.waitFor(() => expect(sending.waiting).toEqual({ looks: 0, spans: 0 }));
		sending.add(endedRun());
		await vi.waitFor(() => expect(paths()).toEqual(['/v1/metrics', '/v1/traces']));
		await vi.waitFor(() => expect(sending.waiting.spans).toBe(0));
		clock.advance(60_000);
		await vi.waitFor(() => expect(paths()).toEqual(['/v1/metrics', '/v1/traces', '/v1/metrics']));
		expect(
			got.every(
				({ headers }) => headers.authorization === 'Bearer key' && headers['content-type'] === 'application/json',
			),
		).toBe(true);
		expect(warnings).toEqual([]);
	});

	test('what a collector does not take is sent again, later each time, or when it says', async () => {
		answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '30' } }];
		const sending = start();
		await vi.waitFor(() => expect(warnings).toHaveLength(1));
		clock.advance(1_999);
		expect(got).toHaveLength(1);
		clock.advance(1);
		await vi.waitFor(() => expect(got).toHaveLength(2));
		await vi.waitFor(() => {
			clock.advance(0);
			expect(sending.waiting.looks).toBe(1);
		});
		await new Promise(resolve => setImmediate(resolve));
		clock.advance(29_000);
		expect(got).toHaveLength(2);
		await vi.waitFor(() => {
			clock.advance(500);
			expect(got.length).toBeGreaterThan(2);
		});
		await vi.waitFor(() => expect(sending.waiting.looks).toBe(0));
		expect(warnings.filter(text => text.includes('takes nothing'))).toHaveLength(1);
		expect(warnings.at(-1)).toBe('The collector answers again.');
	});

	test('only so much waits, the newest', async () => {
		collector.close();
		collector.closeAllConnections();
		const sending = start();
		for (let count = 0; count < 2_000; count++) sending.add(endedRun());
		for (let minute = 0; minute < 100; minute++) {
			clock.advance(60_000);
			await new Promise(resolve => setImmediate(resolve));
		}
		expect(sending.waiting).toEqual({ looks: 60, spans: 4_000 });
	});

	test('what is refused for good is not sent again, and it is said once', async () => {
		answers = [{ status: 400 }, { status: 302, headers: { location: 'https://evil.example' } }, { status: 400 }];
		const sending = start();
		for (let count = 1; count <= 3; count++) {
			await vi.waitFor(() => expect(got).toHaveLength(count));
			await vi.waitFor(() => expect(sending.waiting.looks).toBe(0));
			clock.advance(60_000);
		}
		await vi.waitFor(() =>
			expect(warnings).toEqual(
				[400, 302, 400].map(status => `The collector at ${endpoint} refused what was sent: status ${status}`),
			),
		);
	});

	test('nothing is sent any more when it is disposed', async () => {
		const sending = start();
		await vi.waitFor(() => expect(got).toHaveLength(1));
		sending.dispose();
		sending.add(endedRun());
		clock.advance(600_000);
		await new Promise(resolve => setImmediate(resolve));
		expect(got).toHaveLength(1);
	});
});

test('each run that ends is told once, and none that ended before', async () => {
	const changed = new Emitter<LedgerChange>();
	const clock = new ManualClock();
	const rows = new Map<string, EndedRun | null>([
		['old', endedRun({ endedAt: clock.now() - 1 })],
		['running', endedRun({ endedAt: null })],
		['new', endedRun({ endedAt: clock.now() + 1 })],
		['gone', null],
	]);
	const query = ((_: string, { id }: { id: string }) =>
		id === 'broken' ? Promise.reject(new Error('no')) : Promise.resolve(rows.get(id))) as unknown as Ledger['query'];
	const ledger: Ledger = { append: () => Promise.resolve(), query, onDidChange: changed.event };
	const told: EndedRun[] = [];
	const runs = new EndedRuns(ledger, clock, silentLogger, run => told.push(run));
	const fire = (...ids: string[]): void =>
		changed.fire({ executions: ids.map(id => asId<ExecutionId>(id)) } as unknown as LedgerChange);
	fire('old', 'running', 'new', 'gone', 'broken');
	fire('new');
	await vi.waitFor(() => expect(told).toHaveLength(1));
	rows.set('running', endedRun({ endedAt: clock.now() + 2 }));
	fire('running', 'new');
	await vi.waitFor(() =>
		expect(told.map(({ execution }) => execution.endedAt)).toEqual([clock.now() + 1, clock.now() + 2]),
	);
	runs.dispose();
	changed.dispose();
});
