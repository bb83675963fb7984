import { describe, expect, test } from 'vitest';
import { useSandbox } from '../sandbox/support';
import { ripgrepForTest } from '../../tools/worldForTools';
import { Calls, TemplateBench } from './bench';

const newSandbox = useSandbox();
const hasSearch = ripgrepForTest !== null;

describe.runIf(hasSearch)('with files to find', () => {
	test('Explain this repository saves the guide that was agreed to', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'src/fares.js': '1\n', 'README.md': '# Shop\n' });
		const { outputs, questions } = await bench.run('explain-repository', {
			inputs: { reader: 'a tester' },
			claude: {
				'Write a guide': ({ prompt, permissionMode, tools }) => {
					expect([permissionMode, ...tools]).toEqual(['plan', 'Read', 'Grep', 'Glob']);
					expect(prompt).toContain('for a tester');
					expect(prompt).toContain('README.md\nsrc/fares.js');
					return { text: '# Start here\n' };
				},
			},
			person: { agree: true },
		});
		expect(questions[0]).toMatchObject({ title: 'Save this guide as docs/START-HERE.md?', detail: '# Start here\n' });
		expect(bench.read('docs/START-HERE.md')).toBe('# Start here\n');
		expect(outputs).toEqual({ guide: '# Start here\n', file: 'docs/START-HERE.md' });
	});

	test('Refresh the readme changes what is no longer true', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'README.md': '# Shop\nRun `make go`.\n', 'package.json': '{ "scripts": { "start": "x" } }\n' });
		const { outputs, asked, questions } = await bench.run('refresh-readme', {
			model: {
				'Check every statement': ({ turn, text }) => {
					if (turn === 0) return new Calls([{ name: 'quarterdeck_search', input: { pattern: 'make go' } }]);
					expect(text).toContain('README.md');
					return 'There is no Makefile; package.json has start.';
				},
				'Write this readme again': { isChanged: true, content: '# Shop\nRun `npm start`.\n', changes: ['The start'] },
			},
			person: { agree: true },
		});
		expect(asked.at(-1)).toContain('There is no Makefile');
		expect(questions[0]?.detail).toBe('- The start\n\n# Shop\nRun `npm start`.\n');
		expect(bench.read('README.md')).toBe('# Shop\nRun `npm start`.\n');
		expect(outputs['report']).toBe('Saved README.md:\n- The start');
	});

	test('Refresh the readme leaves alone what holds', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'README.md': '# Shop\n' });
		const { outputs, questions } = await bench.run('refresh-readme', {
			model: {
				'Check every statement': 'All of it holds.',
				'Write this readme again': { isChanged: true, content: '# Shop\n', changes: [] },
			},
		});
		expect(questions).toEqual([]);
		expect(outputs).toEqual({ findings: 'All of it holds.', report: 'README.md is up to date.' });
	});

	test('API documentation draft joins what each file offers and leaves out what offers nothing', async () => {
		const bench = await TemplateBench.open();
		await bench.write({ 'src/a.js': 'export const a = 1;\n', 'src/b.js': 'const b = 1;\n', 'src/c.css': '' });
		const { outputs, asked } = await bench.run('api-docs', {
			model: {
				'the file src/a.js': { hasApi: true, summary: 'Has a.', markdown: '### a\n\nIs 1.\n' },
				'the file src/b.js': { hasApi: false, summary: '', markdown: '' },
			},
			person: { agree: true },
		});
		expect(asked).toHaveLength(2);
		const draft = '# API\n\n- src/a.js: Has a.\n\n## src/a.js\n\nHas a.\n\n### a\n\nIs 1.\n';
		expect(outputs).toEqual({ draft, file: 'docs/API.md' });
		expect(bench.read('docs/API.md')).toBe(draft);
		const none = await bench.run('api-docs', { inputs: { pattern: '**/*.rs' } });
		expect(none.error).toContain('No file fits **/*.rs.');
	});

	test('Summarise a folder says of each file what it is, and names what it left out', async () => {
		const bench = await TemplateBench.open();
		await bench.write({
			'docs/a.md': '# A\n',
			'docs/b.md': '# B\n',
			'docs/bad.md': new TextDecoder().decode(new Uint8Array([65])),
			'src/c.md': '',
		});
		const { outputs } = await bench.run('summarise-folder', {
			inputs: { folder: 'docs' },
			model: {
				'the file docs/a.md': 'About A.',
				'the file docs/b.md': 'About B.',
				'the file docs/bad.md': () => {
					throw new Error('The model is busy.');
				},
				'From these summaries': 'Letters.',
			},
		});
		expect(outputs['report']).toBe(
			'Letters.\n\n- **docs/a.md**: About A.\n- **docs/b.md**: About B.\n\nLeft out: docs/bad.md',
		);
		expect(outputs['files']).toEqual([
			{ file: 'docs/a.md', summary: 'About A.' },
			{ file: 'docs/b.md', summary: 'About B.' },
		]);
		const none = await bench.run('summarise-folder', { inputs: { folder: 'docs', pattern: '*.py' } });
		expect(none.outputs).toEqual({ report: 'No file of docs fits *.py.' });
	});

	test('Find broken links in the docs needs nothing but the files', async () => {
		const bench = await TemplateBench.open();
		const sandbox = newSandbox();
		await bench.write({
			'README.md':
				'# The Shop!\n\n[a](docs/a.md) [b](docs/b.md) [web](https://example.org/x)\n[here](#the-shop) [up](#none)\n',
			'docs/a.md':
				'[fares](../src/fares.js), [src](/src), [top](../README.md#the-shop)\n```\n[no](no.md)\n```\n`[no](no.md)`\n[z](z%20z.md)\n',
			'docs/z z.md': '',
			'src/fares.js': '',
		});
		const { outputs, asked, gated } = await bench.run('check-links', {
			script: (source, values, signal) => sandbox.script(source, values, signal),
		});
		expect(asked).toEqual([]);
		expect(gated).toEqual([]);
		expect(outputs).toEqual({
			broken: [
				{ file: 'README.md', line: 3, link: 'docs/b.md', why: 'no such file' },
				{ file: 'README.md', line: 4, link: '#none', why: 'no such heading' },
			],
			report: '8 links, 2 broken:\n\n- README.md:3: docs/b.md (no such file)\n- README.md:4: #none (no such heading)',
		});
	});
});

describe('Translate a strings file', () => {
	const strings = { title: 'Fares', errors: { zone: 'No zone {name}', full: 'Full' } };
	const inputs = { file: 'en.json', language: 'German', output: 'de.json' };
	const run = async (said: (id: number, text: string) => string | null) => {
		const bench = await TemplateBench.open();
		const sandbox = newSandbox();
		await bench.write({ 'en.json': JSON.stringify(strings) });
		const result = await bench.run('translate-strings', {
			inputs,
			model: {
				'Translate the `text`': ({ text }) => {
					const entries = JSON.parse(/<context>\n([^]*)\n<\/context>/u.exec(text)?.[1] ?? '[]') as {
						id: number;
						text: string;
					}[];
					const texts = entries.flatMap(({ id, text: from }) => {
						const to = said(id, from);
						return to === null ? [] : [{ id, text: to }];
					});
					return { texts };
				},
			},
			person: { agree: true },
			script: (source, values, signal) => sandbox.script(source, values, signal),
		});
		return { ...result, saved: JSON.parse(bench.read('de.json')) as unknown };
	};

	test('keeps its shape and every placeholder', async () => {
		const { outputs, questions, saved } = await run((_, text) => `${text} (de)`);
		expect(saved).toEqual({ title: 'Fares (de)', errors: { zone: 'No zone {name} (de)', full: 'Full (de)' } });
		expect(outputs).toEqual({ problems: [], file: 'de.json' });
		expect(questions[0]?.title).toBe('Save 3 texts in German as de.json?');
		expect(questions[0]?.detail).toContain('Every text is there and no placeholder is lost.');
	});

	test('names what was not translated and which placeholder is lost', async () => {
		const { outputs, questions } = await run((id, text) => (id === 0 ? null : text.replace('{name}', '')));
		expect(outputs['problems']).toEqual([
			'title: not translated',
			'errors.zone: placeholders differ: No zone {name} → No zone ',
		]);
		expect(questions[0]?.detail).toContain('To look at:\ntitle: not translated');
	});
});
