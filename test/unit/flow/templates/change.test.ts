import { describe, expect, onTestFinished, test } from 'vitest';
import { ripgrepForTest } from '../../tools/worldForTools';
import { Calls, TemplateBench } from './bench';
import { answerPages } from './pages';

test('Research with sources looks each part up and names the pages it read', async () => {
	const web = await answerPages({
		'/fares': '<p>Children pay half.</p>',
		'/search': { results: [{ title: 'Fares', url: 'http://x.test', content: '' }] },
	});
	onTestFinished(web.close);
	const bench = await TemplateBench.open(web.ports, web.fetchPorts);
	const page = { name: 'quarterdeck_fetch_page', input: { url: `${web.url}/fares` } };
	const { outputs, asked } = await bench.run('research', {
		inputs: { question: 'What do children pay?', depth: 2 },
		model: {
			'Split this question into 2 parts': { parts: ['Which fares?', 'Since when?'] },
			'Look this up on the web': ({ turn, text }) => {
				if (turn < 2) return new Calls([{ name: 'quarterdeck_web_search', input: { query: 'fares' } }]);
				if (text.includes('Fares')) return new Calls([page]);
				expect(text).toContain('Children pay half.');
				return `They pay half (${web.url}/fares).`;
			},
			'Answer the question from these notes': 'Half. They are happy.',
			'Give the answer again': 'Half.',
		},
	});
	expect(asked.find(text => text.startsWith('Answer the question'))).toContain('They pay half');
	expect(asked.at(-1)).toContain('Half. They are happy.');
	expect(outputs).toEqual({ answer: 'Half.', sources: [`${web.url}/fares`] });
});

describe('Code migration with approval', () => {
	const inputs = { migration: 'from var to const', check: 'grep -q const a.js' };
	const repository = async (): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'a.js': 'var a = 1;\n' });
		return bench;
	};

	test('plans, asks, carries out, and mends what the check finds', async () => {
		const bench = await repository();
		const modes: string[] = [];
		const { outputs, asked, questions } = await bench.run('migrate-code', {
			inputs,
			claude: {
				'Plan this migration': ({ permissionMode, session }) => {
					modes.push(`${permissionMode} ${session}`);
					return { text: '1. a.js' };
				},
				'The plan is agreed to': async ({ permissionMode, session }) => {
					modes.push(`${permissionMode} ${session}`);
					await bench.write({ 'a.js': 'let a = 1;\n' });
					return { text: 'Changed a.js.' };
				},
				'fails after the migration': async ({ session }) => {
					modes.push(session);
					await bench.write({ 'a.js': 'const a = 1;\n' });
					return { text: 'Mended.' };
				},
			},
			person: { agree: 'Keep the semicolons.' },
		});
		expect(modes).toEqual(['plan migration', 'acceptEdits migration', 'migration']);
		expect(questions).toEqual([{ node: 'agree', title: 'Carry out this plan?', detail: '1. a.js' }]);
		expect(asked[1]).toContain('Keep the semicolons.');
		expect(outputs).toMatchObject({ plan: '1. a.js', report: expect.stringContaining('The check passes.') });
		expect(outputs['diff']).toContain('+const a = 1;');
		expect(bench.git('log', '--oneline').trim().split('\n')).toHaveLength(1);
	});

	test('a no changes nothing, and a tree with changes is left alone', async () => {
		const bench = await repository();
		const no = await bench.run('migrate-code', {
			inputs,
			claude: { 'Plan this migration': () => ({ text: 'The plan' }) },
			person: { agree: false },
		});
		expect(no.outputs).toEqual({ plan: 'The plan' });
		await bench.write({ 'a.js': 'changed\n' });
		const dirty = await bench.run('migrate-code', { inputs });
		expect(dirty).toMatchObject({ status: 'failed', error: expect.stringContaining('not committed'), asked: [] });
	});
});

describe('Build it, then have it reviewed', () => {
	test('objections go back to the builder until the reviewer is content', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'a.js': '1\n' });
		const built: string[] = [];
		const { outputs, questions } = await bench.run('build-and-review', {
			inputs: { task: 'Make it 2' },
			claude: {
				'Review the changes': ({ prompt, permissionMode, session, schema }, turn) => {
					expect([permissionMode, session]).toEqual(['plan', '']);
					expect(schema).toBeDefined();
					expect(prompt).toContain('Make it 2');
					const isGood = turn === 1;
					return { object: { isGood, objections: isGood ? [] : ['It is 3'], summary: isGood ? 'Fine.' : 'Wrong.' } };
				},
				'Do not commit. Answer with what you did.': async ({ prompt, session }, turn) => {
					expect(session).toBe('builder');
					built.push(prompt.split('\n\nDo not commit', 1)[0] ?? '');
					await bench.write({ 'a.js': turn === 0 ? '3\n' : '2\n' });
					return { text: `Round ${turn + 1}` };
				},
			},
			person: { agree: true },
		});
		expect(questions[0]?.detail).toContain('The task: Make it 2');
		expect(built).toEqual([
			'Carry out this task: Make it 2',
			'A reviewer objects to your work on the task. Mend what is justified, and say why where it is not:\n- It is 3',
		]);
		expect(outputs['report']).toBe('The reviewer is content after 2 rounds. Fine.\n\n\n\nRound 2');
		expect(outputs['diff']).toContain('+2');
	});

	test('three rounds are the most, and a no starts none', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'a.js': '1\n' });
		const review = { isGood: false, objections: ['No'], summary: 'Bad.' };
		const claude = {
			'Review the changes': () => ({ object: review }),
			'Do not commit. Answer with what you did.': () => ({ text: 'Done' }),
		};
		const { outputs, asked } = await bench.run('build-and-review', {
			inputs: { task: 'x' },
			claude,
			person: { agree: true },
		});
		expect(asked).toHaveLength(6);
		expect(outputs['report']).toContain('The reviewer still objects after 3 rounds. Bad.');
		const no = await bench.run('build-and-review', { inputs: { task: 'x' }, claude, person: { agree: false } });
		expect(no).toMatchObject({ status: 'succeeded', asked: [], outputs: {} });
	});
});

describe.runIf(ripgrepForTest !== null)('Daily health report', () => {
	test('gathers facts, has them told, and is saved when somebody agrees', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'a.js': '// TODO one\n// FIXME two\n' }, 'Fares');
		await bench.write({ 'b.js': '1\n' });
		const { outputs, asked, notes, questions } = await bench.run('health-report', {
			inputs: { check: 'echo "1 failed"; exit 1' },
			model: { 'Write the health report': 'Mend the test.' },
			person: { agree: true },
		});
		expect(outputs['facts']).toMatchObject({
			checksPass: false,
			checkOutput: '1 failed',
			branch: 'main',
			uncommitted: 1,
			todos: 2,
		});
		expect(asked[0]).toContain('1 failed');
		expect(asked[0]).toContain('"subject": "Fares"');
		expect(outputs['report']).toMatch(/^# \d{4}-\d\d-\d\d: checks FAIL\n\nMend the test\.\n$/u);
		expect(notes).toEqual(['Health report: checks fail, 1 files not committed.']);
		expect(questions[0]?.title).toBe('Save the report of today?');
		const { file } = outputs;
		expect(file).toMatch(/^reports\/\d{4}-\d\d-\d\d\.md$/u);
		expect(typeof file === 'string' && bench.read(file)).toBe(outputs['report']);
	});

	test('works without a repository, and writes nothing without a yes', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'a.js': '1\n' });
		const { outputs, tools } = await bench.run('health-report', {
			inputs: { check: 'true' },
			model: { 'Write the health report': 'All is well.' },
			person: { agree: false },
		});
		expect(outputs['facts']).toMatchObject({ checksPass: true, branch: '', uncommitted: 0, commits: [], todos: 0 });
		expect(tools).not.toContain('quarterdeck_write_file');
	});
});
