import { describe, expect, onTestFinished, test } from 'vitest';
import { answerPages } from './pages';
import { ripgrepForTest } from '../../tools/worldForTools';
import { Calls, TemplateBench } from './bench';

describe('Commit what is staged', () => {
	const staged = async (): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'fares.js': '1\n', 'other.js': '1\n' }, 'Fares are in cents');
		await bench.write({ 'fares.js': '2\n', 'other.js': '2\n' });
		bench.git('add', 'fares.js');
		return bench;
	};
	const model = { 'Write the message of a commit': { subject: 'Fares are halved', body: 'For children.' } };

	test('commits with the message that was agreed to, and only what was staged', async () => {
		const bench = await staged();
		const { outputs, asked, questions, gated } = await bench.run('commit-message', { model, person: { agree: true } });
		expect(asked[0]).toContain('Fares are in cents');
		expect(asked[0]).toContain('+2');
		expect(asked[0]).not.toContain('other.js');
		expect(questions).toEqual([
			{ node: 'agree', title: 'Commit with this message?', detail: 'Fares are halved\n\nFor children.' },
		]);
		expect(bench.git('log', '-1', '--format=%B').trim()).toBe('Fares are halved\n\nFor children.');
		expect(bench.git('status', '--short')).toBe(' M other.js\n');
		expect(outputs).toEqual({
			message: 'Fares are halved\n\nFor children.',
			commit: bench.git('rev-parse', '--short', 'HEAD').trim(),
		});
		expect(gated).toEqual(['quarterdeck_git_commit']);
	});

	test('a no commits nothing, and without anything staged it says what to do', async () => {
		const bench = await staged();
		const { outputs, tools } = await bench.run('commit-message', { model, person: { agree: false } });
		expect(Object.keys(outputs)).toEqual(['message']);
		expect(tools).not.toContain('quarterdeck_git_commit');
		bench.git('reset', '-q');
		const none = await bench.run('commit-message');
		expect(none).toMatchObject({ status: 'failed', error: expect.stringContaining('Nothing is staged.') });
	});
});

describe('Release notes from Git', () => {
	const released = async (changelog: string | null): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.repository(changelog === null ? { a: '1' } : { 'CHANGELOG.md': changelog });
		bench.git('tag', 'v1');
		await bench.write({ b: '1' });
		bench.commit('Fares of children are halved');
		return bench;
	};
	const entries = [
		{ kind: 'mended', text: 'No more crash.', commits: [] },
		{ kind: 'new', text: 'Children pay half.', commits: ['abc1234'] },
	];
	const model = { 'Sort these commits': { entries } };
	const notes = '## 2.0\n\n### New\n\n- Children pay half. (abc1234)\n\n### Mended\n\n- No more crash.\n';
	const inputs = { from: 'v1', version: '2.0' };

	test('are put on top of what is there, under its title', async () => {
		const bench = await released('# Changes\n\n## 1.0\n\n- Begin.\n');
		const { outputs, asked, questions } = await bench.run('release-notes', { inputs, model, person: { agree: true } });
		expect(asked[0]).toContain('Fares of children are halved');
		expect(asked[0]).not.toContain('Begin');
		expect(questions[0]).toMatchObject({ title: 'Put these notes on top of CHANGELOG.md?', detail: notes });
		expect(outputs).toEqual({ notes, file: 'CHANGELOG.md' });
		expect(bench.read('CHANGELOG.md')).toBe(`# Changes\n\n${notes}\n## 1.0\n\n- Begin.\n`);
	});

	test('begin a new file, or are only told', async () => {
		const bench = await released(null);
		const told = await bench.run('release-notes', { inputs, model, person: { agree: false } });
		expect(told.outputs).toEqual({ notes });
		await bench.run('release-notes', { inputs, model, person: { agree: true } });
		expect(bench.read('CHANGELOG.md')).toBe(notes);
		const none = await bench.run('release-notes', { inputs: { from: 'HEAD' } });
		expect(none.error).toContain('There are no commits between HEAD and HEAD.');
	});
});

describe('What happened lately', () => {
	test('counts by person and lets a model tell the rest', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ a: '1' }, 'Begin');
		bench.commit('Fares');
		bench.git('commit', '-q', '--allow-empty', '-m', 'Receipts', '--author', 'Ben <ben@example.org>');
		const { outputs, asked } = await bench.run('recent-work', { model: { 'Sum up these commits': 'Mostly fares.' } });
		const today = bench.git('log', '-1', '--format=%ad', '--date=short').trim();
		expect(asked[0]).toContain('"subject": "Receipts"');
		expect(outputs['report']).toBe(
			`Mostly fares.\n\n| Who | Commits | Last |\n| --- | --- | --- |\n| Ada | 2 | ${today} |\n| Ben | 1 | ${today} |`,
		);
	});

	test('old commits do not count', async () => {
		const bench = await TemplateBench.open();
		bench.git('init', '-q', '-b', 'main');
		bench.git('commit', '-q', '--allow-empty', '-m', 'Old', '--date', '2020-01-01T12:00:00Z');
		const { outputs, asked } = await bench.run('recent-work');
		expect(outputs).toEqual({ report: 'Nothing was committed in the last 7 days.' });
		expect(asked).toEqual([]);
	});
});

describe('Dependency update notes', () => {
	test.runIf(ripgrepForTest !== null)('looks each one up on the web and in the code', async () => {
		const web = await answerPages({ '/notes': '<h1>Notes of left-pad</h1>', '/search': { results: [] } });
		onTestFinished(web.close);
		const bench = await TemplateBench.open(web.ports, web.fetchPorts);
		await bench.repository({ 'package.json': '{ "left-pad": "1.0.0" }\n', 'a.js': "import 'left-pad';\n" });
		await bench.write({ 'package.json': '{ "left-pad": "2.0.0" }\n' });
		const updates = [
			{ name: 'left-pad', from: '1.0.0', to: '2.0.0' },
			{ name: 'gone', from: '1.0.0', to: '' },
		];
		const { outputs, asked, tools } = await bench.run('dependency-updates', {
			model: {
				'Which dependencies does this diff': { updates },
				'What changed in the library': ({ turn, text }) => {
					if (turn === 0) return new Calls([{ name: 'quarterdeck_web_search', input: { query: 'left-pad 2' } }]);
					if (turn === 1) return new Calls([{ name: 'quarterdeck_fetch_page', input: { url: `${web.url}/notes` } }]);
					expect(text).toContain('Notes of left-pad');
					return 'It pads from the right now.';
				},
			},
		});
		expect(asked[0]).toContain('+{ "left-pad": "2.0.0" }');
		expect(tools.filter(name => /web_search|fetch_page/.test(name))).toEqual([
			'quarterdeck_web_search',
			'quarterdeck_fetch_page',
		]);
		expect(outputs).toEqual({ updates, report: '## left-pad 1.0.0 → 2.0.0\n\nIt pads from the right now.' });
	});

	test('says so when the manifest is as it was', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'package.json': '{}\n' });
		const { outputs } = await bench.run('dependency-updates');
		expect(outputs).toEqual({ report: 'package.json is as it was in HEAD.' });
	});
});
