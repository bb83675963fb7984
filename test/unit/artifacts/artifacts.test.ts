import { describe, expect, test } from 'vitest';
import { artifactExtension, artifactKind, artifactTitle, isPreviewable } from '../../../src/core/artifacts/artifact';
import { parseChart } from '../../../src/core/artifacts/chart';
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

test('the policy of an HTML artifact stands before anything of its own', () => {
	const page = sandboxedHtml(
		'</head><meta http-equiv="Content-Security-Policy" content="default-src *"><script>1</script>',
	);
	const policy = page.indexOf("default-src 'none'");
	expect(policy).toBeGreaterThan(0);
	expect(policy).toBeLessThan(page.indexOf('default-src *'));
	expect(page).not.toContain('connect-src');
});
