import { describe, expect, test } from 'vitest';
import { TemplateBench } from './bench';

const shop = { 'src/fares.js': 'export const fare = zone => tariff[zone];\n', 'README.md': '# Shop\n' };
const finding = {
	file: 'src/fares.js',
	line: 1,
	severity: 'low',
	title: 'No check',
	detail: 'An unknown zone gives undefined.',
	suggestion: 'Throw.',
};

describe('Review my changes', () => {
	test('lists what the model finds, worst first', async () => {
		const bench = await TemplateBench.open();
		await bench.repository(shop);
		await bench.write({ 'src/fares.js': 'export const fare = zone => eval(zone);\n' });
		const worst = { ...finding, severity: 'high', line: 0, title: 'Code from input' };
		const { status, outputs, asked, gated } = await bench.run('review-changes', {
			model: { 'Review this part': { findings: [finding, worst] } },
			inputs: { focus: 'speed' },
		});
		expect(status).toBe('succeeded');
		expect(asked[0]).toContain('Look for speed.');
		expect(asked[0]).toContain('+export const fare = zone => eval(zone);');
		expect(outputs['findings']).toEqual([worst, finding]);
		expect(outputs['review']).toBe(
			[
				'# Changes since HEAD',
				'',
				'2 findings.',
				'',
				'- **high** src/fares.js: Code from input\n  An unknown zone gives undefined.\n  → Throw.',
				'- **low** src/fares.js:1: No check\n  An unknown zone gives undefined.\n  → Throw.',
			].join('\n'),
		);
		expect(gated).toEqual([]);
	});

	test('says so when nothing changed or nothing is wrong, and asks no model about nothing', async () => {
		const bench = await TemplateBench.open();
		await bench.repository(shop);
		const none = await bench.run('review-changes');
		expect(none).toMatchObject({ outputs: { review: 'Nothing changed since HEAD.' }, asked: [] });
		await bench.write({ 'README.md': '# The shop\n' });
		const fine = await bench.run('review-changes', { model: { 'Review this part': { findings: [] } } });
		expect(fine.outputs['review']).toContain('Nothing to object to.');
		expect(fine.outputs['findings']).toEqual([]);
	});
});

describe('Security review with a judge', () => {
	const found = { file: 'src/fares.js', line: 1, title: 'eval', attack: 'Anybody runs code.', fix: 'Parse it.' };
	const changed = async (): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.repository(shop);
		bench.git('checkout', '-q', '-b', 'work');
		await bench.write({ 'src/fares.js': 'export const fare = zone => eval(zone);\n' });
		return bench;
	};

	test('three reviewers find, and the judge keeps what is real', async () => {
		const bench = await changed();
		const { attack: _, ...place } = found;
		const real = { ...place, severity: 'critical', isReal: true, reason: 'zone comes from the address.' };
		const { outputs, asked } = await bench.run('security-review', {
			model: {
				'input that is trusted': { findings: [found] },
				'who may do what': { findings: [] },
				'what comes from outside': { findings: [{ ...found, title: 'A new import' }] },
				'You are the judge': {
					verdicts: [{ ...real, isReal: false, title: 'A new import', reason: 'It is none.' }, real],
				},
			},
		});
		expect(asked).toHaveLength(4);
		expect(asked[3]).toContain('"title":"A new import"');
		expect(asked[3]).toContain('+export const fare = zone => eval(zone);');
		expect(outputs['findings']).toEqual([expect.objectContaining({ title: 'eval', severity: 'critical' })]);
		expect(outputs['report']).toContain(
			'- **critical** src/fares.js:1: eval\n  zone comes from the address.\n  → Parse it.',
		);
		expect(outputs['report']).toContain('## Looked at and dismissed\n\n- src/fares.js: A new import. It is none.');
	});

	test('no judge is asked about nothing', async () => {
		const bench = await changed();
		const nothing = { findings: [] };
		const { outputs, asked } = await bench.run('security-review', {
			model: { 'input that is trusted': nothing, 'who may do what': nothing, 'what comes from outside': nothing },
		});
		expect(asked).toHaveLength(3);
		expect(outputs).toEqual({ report: 'The three reviewers found nothing to judge.' });
	});
});

test('Pull request text is made of the commits that the base does not have', async () => {
	const bench = await TemplateBench.open();
	await bench.repository(shop);
	bench.git('checkout', '-q', '-b', 'work');
	const empty = await bench.run('pull-request-text');
	expect(empty).toMatchObject({
		status: 'failed',
		error: expect.stringContaining('no commits that main does not have'),
	});
	await bench.write({ 'src/fares.js': '// Children pay half.\n' });
	bench.commit('Children pay half');
	const { outputs, asked } = await bench.run('pull-request-text', {
		model: {
			'Write the title': { title: 'Halve fares of children', body: 'They pay half.', reviewHints: ['Rounding'] },
		},
	});
	expect(asked[0]).toContain('Children pay half');
	expect(asked[0]).toContain('+// Children pay half.');
	expect(outputs).toEqual({
		title: 'Halve fares of children',
		body: 'They pay half.\n\n## For reviewers\n\n- Rounding',
	});
});

test('Changelog check names what users will notice and nobody wrote down', async () => {
	const bench = await TemplateBench.open();
	await bench.repository({ ...shop, 'CHANGELOG.md': '# Changes\n' });
	await bench.write({ 'src/fares.js': '// Children pay half.\n' });
	const check = { isComplete: false, missing: [{ what: 'fares', entry: '- Children pay half.' }], wrong: ['Faster'] };
	const { outputs, asked, notes } = await bench.run('changelog-check', { model: { 'Which of these changes': check } });
	expect(asked[0]).toContain('Added to CHANGELOG.md:\nnothing');
	expect(outputs).toEqual({ check, report: 'Missing:\n\n- Children pay half.\n\nNot true:\n\n- Faster' });
	expect(notes).toEqual(['CHANGELOG.md does not tell everything that changed since main.']);
	const fine = { isComplete: true, missing: [], wrong: [] };
	const again = await bench.run('changelog-check', { model: { 'Which of these changes': fine } });
	expect(again.outputs['report']).toBe('The changelog tells everything that users will notice.');
});

test('Compare two models asks both, and a judge that does not know which is which', async () => {
	const bench = await TemplateBench.open();
	const { outputs, asked } = await bench.run('compare-models', {
		inputs: { question: 'What is 6 times 7?', first: 'test/small', second: 'test/large' },
		model: {
			'Two answers to one question': { a: 9, b: 4, better: 'A', reason: 'B is wrong.' },
			'What is 6 times 7?': ({ request }) => (request.model === 'small' ? '42' : '41'),
		},
	});
	expect(asked[2]).toContain('Answer A:\n42\n\nAnswer B:\n41');
	expect(asked[2]).not.toContain('test/large');
	expect(outputs['verdict']).toEqual({ a: 9, b: 4, better: 'A', reason: 'B is wrong.' });
	expect(outputs['report']).toContain('| | test/small | test/large |\n| --- | --- | --- |\n| Points | 9 | 4 |');
	expect(outputs['report']).toContain('| Tokens of the answer | 5 | 5 |');
	expect(outputs['report']).toContain('Better: test/small. B is wrong.');
});
