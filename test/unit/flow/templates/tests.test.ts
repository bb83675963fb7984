import { describe, expect, test } from 'vitest';
import { ripgrepForTest } from '../../tools/worldForTools';
import { Calls, TemplateBench } from './bench';

/** Passes when `test.sh` says what it is to say; a line of Bash is a test framework that is everywhere. */
const check = 'grep -q good checks.txt || { echo "FAIL fares: half of 3 is 1.5"; exit 1; }';

describe('Write tests for a file and run them', () => {
	const inputs = { source: 'fares.js', test: 'checks.txt', command: check };
	const open = async (): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.write({ 'fares.js': 'export const half = n => n / 2;\n', 'old.txt': 'an older test\n' });
		return bench;
	};

	test('mends what fails until it passes, and writes nothing before the yes', async () => {
		const bench = await open();
		const { status, outputs, asked, questions, gated } = await bench.run('write-tests', {
			inputs: { ...inputs, example: 'old.txt' },
			model: {
				'Write a whole test file': { content: 'bad', cases: ['halves'] },
				'These tests fail': ({ turn }) => ({ content: turn === 0 ? 'still bad' : 'good', note: `Round ${turn + 1}` }),
			},
			person: { agree: true },
		});
		expect(status).toBe('succeeded');
		expect(questions).toEqual([{ node: 'agree', title: 'Save these tests as checks.txt?', detail: '- halves\n\nbad' }]);
		expect(asked).toHaveLength(3);
		expect(asked[0]).toContain('an older test');
		expect(asked[1]).toContain('FAIL fares: half of 3 is 1.5');
		expect(asked[2]).toContain('Tests:\nstill bad');
		expect(bench.read('checks.txt')).toBe('good');
		expect(outputs).toEqual({ passed: true, report: 'The tests pass. Round 2\n\n' });
		expect(new Set(gated)).toEqual(new Set(['quarterdeck_write_file']));
	});

	test('gives up after four tries and says so', async () => {
		const bench = await open();
		const { outputs, asked } = await bench.run('write-tests', {
			inputs,
			model: {
				'Write a whole test file': { content: 'bad', cases: [] },
				'These tests fail': { content: 'worse', note: 'The source is wrong.' },
			},
			person: { agree: true },
		});
		expect(asked).toHaveLength(4);
		expect(asked[0]).toContain('There is none.');
		expect(outputs).toEqual({
			passed: false,
			report: 'The tests do not pass yet. The source is wrong.\n\nFAIL fares: half of 3 is 1.5',
		});
	});

	test('a no writes nothing', async () => {
		const bench = await open();
		const { status, outputs, tools } = await bench.run('write-tests', {
			inputs,
			model: { 'Write a whole test file': { content: 'good', cases: [] } },
			person: { agree: false },
		});
		expect(status).toBe('succeeded');
		expect(outputs).toEqual({});
		expect(tools).not.toContain('quarterdeck_write_file');
	});
});

describe('Triage failing tests', () => {
	const cause = { cause: 'Halving', kind: 'recent change', tests: ['half'], place: 'fares.js:1', next: 'Divide by 2.' };

	test('sorts failures by cause, with what is not committed before its eyes', async () => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'fares.js': 'half = n => n / 2\n' });
		await bench.write({ 'fares.js': 'half = n => n / 3\n' });
		const { outputs, asked } = await bench.run('triage-tests', {
			inputs: { command: check },
			model: { 'Tests fail.': { causes: [cause] } },
		});
		expect(asked[0]).toContain('FAIL fares: half of 3 is 1.5');
		expect(asked[0]).toContain('+half = n => n / 3');
		expect(outputs['causes']).toEqual([cause]);
		expect(outputs['report']).toBe('1. **Halving** (recent change)\n   fares.js:1: Divide by 2.\n   - half');
	});

	test('works without Git, and asks no model when all pass', async () => {
		const bench = await TemplateBench.open();
		const failing = await bench.run('triage-tests', {
			inputs: { command: 'exit 3' },
			model: { 'Tests fail.': { causes: [] } },
		});
		expect(failing.asked[0]).toContain('This is no Git repository.');
		const passing = await bench.run('triage-tests', { inputs: { command: 'true' } });
		expect(passing).toMatchObject({ outputs: { report: 'All tests pass.' }, asked: [] });
	});
});

describe('Flaky-test hunt', () => {
	/** Fails every second time. */
	const flaky = 'if [ -f odd ]; then rm odd; echo "ok"; else touch odd; echo "FAIL queue"; exit 1; fi';

	test('names what fails in some runs only', async () => {
		const bench = await TemplateBench.open();
		const found = { test: 'queue', failures: 2, cause: 'order', evidence: 'FAIL queue', isCertain: false };
		const { outputs, asked } = await bench.run('flaky-tests', {
			inputs: { command: flaky, runs: 4 },
			model: { 'The same tests ran several times': { flaky: [found] } },
		});
		expect(asked[0]).toContain('"run": 4');
		expect(outputs['flaky']).toEqual([found]);
		expect(outputs['report']).toBe(
			'2 of 4 runs failed on the same code.\n\n- **queue** failed 2 times: order (probably)',
		);
	});

	test.each([
		['true', 'All 2 runs passed.'],
		['false', 'All 2 runs failed: this is no flaky test.'],
	])('when every run says %s there is nothing to name', async (command, said) => {
		const bench = await TemplateBench.open();
		const { outputs, asked } = await bench.run('flaky-tests', { inputs: { command, runs: 1 } });
		expect(outputs['report']).toContain(said);
		expect(asked).toEqual([]);
	});
});

test.runIf(ripgrepForTest !== null)('Explain a stack trace looks into the code and names what it read', async () => {
	const bench = await TemplateBench.open();
	await bench.write({ 'src/fares.js': 'export function half(n) { return n.value / 2; }\n' });
	const { outputs, tools, gated } = await bench.run('explain-stack-trace', {
		inputs: { trace: 'TypeError: n is undefined\n    at half (src/fares.js:1)' },
		model: {
			'Find out why this error happened': ({ turn, text }) => {
				if (turn === 0) return new Calls([{ name: 'quarterdeck_search', input: { pattern: 'function half' } }]);
				if (turn === 1) {
					expect(text).toContain('src/fares.js');
					const read = { name: 'quarterdeck_read_file', input: { file_path: 'src/fares.js' } };
					return new Calls([read, read]);
				}
				return 'Nothing is given to half.';
			},
		},
	});
	expect(outputs).toEqual({ explanation: 'Nothing is given to half.', files: ['src/fares.js'] });
	expect(tools).toEqual(['quarterdeck_search', 'quarterdeck_read_file', 'quarterdeck_read_file']);
	expect(gated).toEqual([]);
});

describe('Fix a bug, test first', () => {
	const repository = async (): Promise<TemplateBench> => {
		const bench = await TemplateBench.open();
		await bench.repository({ 'fares.js': 'half = n => n / 3\n', 'checks.txt': 'good\n' });
		return bench;
	};
	const inputs = { bug: 'half(3) gives 1', command: check };

	test('the test fails first, then the code is mended in the same conversation', async () => {
		const bench = await repository();
		const sessions: string[] = [];
		const { outputs, questions } = await bench.run('fix-bug', {
			inputs,
			claude: {
				'There is a bug': async ({ session, permissionMode }) => {
					expect(permissionMode).toBe('default');
					sessions.push(session);
					await bench.write({ 'checks.txt': 'half(3) is 1.5\n' });
					return { text: 'checks.txt shows it.' };
				},
				'Now mend the bug': async ({ session, permissionMode, prompt }) => {
					expect(permissionMode).toBe('acceptEdits');
					expect(prompt).toContain('FAIL fares');
					sessions.push(session);
					await bench.write({ 'fares.js': 'half = n => n / 2\n', 'checks.txt': 'good: half(3) is 1.5\n' });
					return { text: 'Mended.' };
				},
			},
			person: { agree: true },
		});
		expect(sessions).toEqual(['fix', 'fix']);
		expect(questions[0]?.detail).toContain('checks.txt shows it.\n\nFAIL fares');
		expect(outputs).toMatchObject({ isFixed: true, report: 'The tests pass.\n\nMended.' });
		expect(outputs['diff']).toContain('+half = n => n / 2');
	});

	test('a test that passes shows nothing, and nothing is mended', async () => {
		const bench = await repository();
		const { status, error, asked } = await bench.run('fix-bug', {
			inputs,
			claude: { 'There is a bug': () => ({ text: 'Done.' }) },
		});
		expect(status).toBe('failed');
		expect(error).toContain('the new test does not show it');
		expect(asked).toHaveLength(1);
	});
});
