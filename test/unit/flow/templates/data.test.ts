import { describe, expect, test } from 'vitest';
import { ripgrepForTest } from '../../tools/worldForTools';
import { TemplateBench } from './bench';

describe('Extract data to a schema', () => {
	const record = { name: 'Ink', date: '2026-01-31', amount: 12.5 };

	test('brings what a document says into the given shape, each record once', async () => {
		const bench = await TemplateBench.open({
			readDocument: async () => ({ text: 'Ink 12.50\n'.repeat(3000), detail: 'PDF, 3 pages' }),
		});
		await bench.write({ 'invoice.pdf': '%PDF' });
		const { outputs, asked, questions } = await bench.run('extract-data', {
			inputs: { file: 'invoice.pdf', what: 'line of the invoice' },
			model: {
				'This is a part of a document': ({ request }) => {
					expect(request.format?.schema).toMatchObject({
						properties: { records: { items: { properties: { amount: { type: 'number' } } } } },
					});
					return { records: [record, { ...record, amount: 1 }] };
				},
			},
			person: { agree: true },
		});
		expect(asked).toHaveLength(2);
		expect(asked[0]).toContain('Find every line of the invoice');
		expect(outputs['records']).toEqual([record, { ...record, amount: 1 }]);
		expect(questions[0]?.title).toBe('Save 2 records as extracted.json?');
		expect(JSON.parse(bench.read('extracted.json'))).toEqual(outputs['records']);
	});

	test('an answer of another shape is asked for again', async () => {
		const bench = await TemplateBench.open({ readDocument: async () => ({ text: 'Ink', detail: '' }) });
		await bench.write({ 'a.pdf': '%PDF' });
		const { outputs, asked } = await bench.run('extract-data', {
			inputs: { file: 'a.pdf', output: 'out/a.json' },
			model: {
				'This is a part of a document': ({ turn }) => ({ records: [turn === 0 ? { name: 'Ink' } : record] }),
			},
			person: { agree: false },
		});
		expect(asked).toHaveLength(2);
		expect(outputs).toEqual({ records: [record] });
	});
});

test('Triage issues from JSON sorts by urgency and keeps the numbers', async () => {
	const bench = await TemplateBench.open();
	const issues = [
		{ number: 7, title: 'Crash | on start', body: '' },
		{ id: 9, title: 'Dark theme', body: '' },
	];
	await bench.write({ 'issues.json': JSON.stringify(issues) });
	const judged = {
		kind: 'bug',
		area: 'core',
		urgency: 'now',
		duplicateOf: '',
		ask: 'Which version?',
		reason: 'It ends.',
	};
	const later = { ...judged, kind: 'feature', area: 'interface', urgency: 'later', duplicateOf: '7', ask: '' };
	const { outputs, asked } = await bench.run('triage-issues', {
		model: { 'Triage the issue': ({ text }) => (/"id": 9/u.test(text) ? later : judged) },
	});
	expect(asked[0]).toContain('7: Crash | on start\n9: Dark theme');
	expect(outputs['issues']).toEqual([
		{ number: 7, title: 'Crash | on start', ...judged },
		{ number: 9, title: 'Dark theme', ...later },
	]);
	expect(outputs['table']).toContain(
		'| 7 Crash / on start | bug | core | now | Which version? |\n| 9 Dark theme | feature, repeats 7 | interface | later |  |',
	);
});

describe.runIf(ripgrepForTest !== null)('Sort the TODOs of the code', () => {
	test('puts them into topics', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'a.js': '// TODO halve fares\n' });
		const topics = [{ topic: 'Fares', marks: [{ place: 'a.js:1', what: 'Halve fares', state: 'open' }] }];
		const { outputs, asked } = await bench.run('todo-list', { model: { 'These are marks in code': { topics } } });
		expect(asked[0]).toContain('TODO halve fares');
		expect(outputs).toEqual({ topics, report: '## Fares\n\n- a.js:1 (open): Halve fares' });
	});

	test('asks no model when there are none', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'a.js': '1\n' });
		expect(await bench.run('todo-list')).toMatchObject({ outputs: { report: 'There are no such marks.' }, asked: [] });
	});
});

describe('Find the trouble in a log', () => {
	test('reads a long log in parts and tells what happened', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'app.log': `${'12:00 ok\n'.repeat(5000)}12:01 ERROR disk full\n` });
		const event = { time: '12:01', line: '12:01 ERROR disk full', times: 1, why: 'Nothing is written any more.' };
		const { outputs, asked } = await bench.run('explain-log', {
			inputs: { file: 'app.log' },
			model: {
				'of a log. Pull out': ({ text }) => ({ events: text.includes('disk full') ? [event] : [] }),
				'pulled out of a log': 'The disk was full.',
			},
		});
		expect(asked).toHaveLength(3);
		expect(asked[0]).toContain('part 1 of 2');
		expect(outputs).toEqual({ events: [event], account: 'The disk was full.' });
	});

	test('a quiet log needs no account', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'app.log': 'ok\n' });
		const { outputs } = await bench.run('explain-log', {
			inputs: { file: 'app.log' },
			model: { 'of a log. Pull out': { events: [] } },
		});
		expect(outputs).toEqual({ events: [], account: 'Nothing in app.log looks wrong.' });
	});
});
