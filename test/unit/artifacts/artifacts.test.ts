import { describe, expect, test } from 'vitest';
import { artifactExtension, artifactKind, artifactTitle, isPreviewable } from '../../../src/core/artifacts/artifact';
import { parseChart } from '../../../src/core/artifacts/chart';
import { drawDiagram } from '../../../src/core/artifacts/diagram';
import { sandboxedHtml } from '../../../src/core/artifacts/sandbox';

const chart = JSON.stringify({ type: 'bar', title: 'Fares', data: { labels: ['a'], datasets: [{ data: [1, null] }] } });

describe('artifacts', () => {
	test.each([
		['html', '<p>', 'html', 'html'],
		['xml', '<?xml version="1.0"?>\n<svg xmlns="x">', 'svg', 'svg'],
		['xml', '<project>', 'code', 'xml'],
		['mermaid', 'graph TD', 'mermaid', 'mmd'],
		['json', '{"a":1}', 'json', 'json'],
		['json', chart, 'chart', 'json'],
		['csv', 'a,b', 'table', 'csv'],
		['md', '# A', 'markdown', 'md'],
		['typescript', 'let a', 'code', 'txt'],
		['py', 'a = 1', 'code', 'py'],
		['constructor', 'x', 'code', 'txt'],
		['', 'x', 'code', 'txt'],
	])('%s %s is shown as %s and saved as %s', (language, text, kind, extension) => {
		expect([artifactKind({ language, text }), artifactExtension({ language, text })]).toEqual([kind, extension]);
		expect(isPreviewable({ language, text })).toBe(kind !== 'code');
	});

	test('a title is taken from the text, or says what it is', () => {
		expect(artifactTitle({ language: 'html', text: '<head><title>My\n page</title>' })).toBe('My page');
		expect(artifactTitle({ language: 'md', text: 'x\n## Plan\n' })).toBe('Plan');
		expect(artifactTitle({ language: 'json', text: chart })).toBe('Fares');
		expect(artifactTitle({ language: 'svg', text: '<svg/>' })).toBe('Picture');
	});
});

describe('charts', () => {
	test('are read as data, and nothing else comes along', () => {
		const withCode = JSON.stringify({ ...JSON.parse(chart), options: { onClick: 'alert(1)' } });
		expect(parseChart(withCode)).toEqual(JSON.parse(chart));
	});

	test.each(['{', '[]', '{"type":"bar","data":{"datasets":[]}}', '{"type":"eval","data":{}}'])(
		'%s is refused',
		text => {
			expect(() => parseChart(text)).toThrow(/chart/);
		},
	);
});

describe('an HTML artifact', () => {
	const page = (text: string): string => sandboxedHtml({ text, language: 'html' }, 'A "title" </title><script>');

	test('is the content of a frame without an origin, under a policy that nothing of its own can stand before', () => {
		const html = page(
			'"></iframe><meta http-equiv="Content-Security-Policy" content="default-src *"><script>1</script>',
		);
		const policy = html.indexOf("default-src 'none'");
		expect(policy).toBeGreaterThan(0);
		expect(policy).toBeLessThan(html.indexOf('default-src *'));
		expect(html).not.toContain('connect-src');
		expect(html).toContain('sandbox="allow-scripts allow-forms allow-pointer-lock"');
		expect(html).not.toContain('allow-same-origin');
		expect(html.match(/<\/iframe>/gu)).toHaveLength(1);
		expect(html.match(/<meta http-equiv/gu)).toHaveLength(1);
	});

	test('cannot end the script that keeps it for a reload', () => {
		expect(page('</script><script>alert(1)</script>').match(/<script>/gu)).toHaveLength(1);
	});
});

describe('diagrams', () => {
	const colours = { background: '#fff', foreground: '#000', line: '#666', accent: '#00f' };

	test('are drawn without anything remote', () => {
		const svg = drawDiagram('graph TD\n A[Start] --> B', colours);
		expect(svg).toContain('Start');
		expect(svg).not.toContain('@import');
		expect(svg.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:/u);
	});

	test.each([
		['flowchart', 'flowchart TD\n subgraph S\n A --> B\n end\n A -->|back| A\n B --> S\n C', ['back', '>S<']],
		['directions', 'flowchart TD\n subgraph S\n direction LR\n A --> B\n end\n C -->|in| B', ['in', '>S<']],
		['states', 'stateDiagram-v2\n [*] --> One\n One --> Two : go\n Two --> One : stop', ['go', 'stop']],
		['classes', 'classDiagram\n Animal <|-- Duck\n Animal "1" o-- "many" Leg : has', ['many', 'has']],
		['entities', 'erDiagram\n USER ||--o{ ORDER : places', ['places']],
	])('%s are drawn with all their words', (_, text, words) => {
		const svg = drawDiagram(text, colours);
		for (const word of words) expect(svg).toContain(word);
		expect(svg).not.toMatch(/NaN|Infinity|undefined/u);
	});

	test('what is none is told', () => {
		expect(() => drawDiagram('no diagram', colours)).toThrow(expect.objectContaining({ code: 'bad-diagram' }));
	});
});
