import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');
const maxLines = 400;

/** A room may import itself and the rooms named here. */
const rooms: Record<string, readonly string[]> = {
	core: [],
	workers: ['core'],
	webviews: ['core'],
	extension: ['core'],
	cli: ['core'],
};

/** Inside core, a feature may import only features named before it. */
const order = [
	'base',
	'rpc',
	'storage',
	'process',
	'documents',
	'artifacts',
	'ledger',
	'safety',
	'tools',
	'mcp',
	'providers',
	'claude',
	'memory',
	'chat',
	'flow',
	'schedules',
	'hardware',
	'health',
	'monitors',
	'stats',
	'downloads',
	'models',
	'images',
	'voice',
	'n8n',
	'cluster',
	'dashboard',
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
	.filter(name => /\.tsx?$/.test(name))
	.map(name => join(src, name));
const name = (file: string): string => relative(src, file).split(sep).join('/');
const part = (file: string, index: number): string => name(file).split('/')[index] ?? '';
const specifiers = new Map(
	files.map(file => [
		file,
		[...readFileSync(file, 'utf8').matchAll(/^\s*(?:import|export)\b[^'"]*?['"]([^'"]+)['"]/gm)].map(
			match => match[1]!,
		),
	]),
);
const imports = (file: string): readonly string[] => specifiers.get(file) ?? [];
const modules = new Map(files.map(file => [file.replace(/\.tsx?$/, ''), file]));
const resolved = (file: string, specifier: string): string | undefined =>
	specifier.startsWith('.') ? modules.get(resolve(dirname(file), specifier)) : undefined;

function complaint(file: string, specifier: string): string | undefined {
	if (specifier === 'vscode' && part(file, 0) !== 'extension') return `${name(file)} imports vscode`;
	const to = resolved(file, specifier);
	if (!to) return undefined;
	const [from, into] = [part(file, 0), part(to, 0)];
	if (from !== into && !rooms[from]?.includes(into)) return `${name(file)} reaches into ${name(to)}`;
	if (from === 'core' && into === 'core' && order.indexOf(part(file, 1)) < order.indexOf(part(to, 1)))
		return `${name(file)} imports the later feature ${name(to)}`;
	return undefined;
}

describe('the shape of the source', () => {
	test('every core feature has its place in the order', () => {
		expect(
			[...new Set(files.filter(file => part(file, 0) === 'core').map(file => part(file, 1)))].filter(
				feature => !order.includes(feature),
			),
		).toEqual([]);
	});

	test('imports run one way', () => {
		expect(
			files.flatMap(file =>
				imports(file)
					.map(specifier => complaint(file, specifier))
					.filter(text => text !== undefined),
			),
		).toEqual([]);
	});

	test('there are no import cycles', () => {
		const state = new Map<string, 'open' | 'done'>();
		const cycles: string[] = [];
		const visit = (file: string, path: readonly string[]): void => {
			if (state.get(file) === 'open') cycles.push([...path.slice(path.indexOf(file)), file].map(name).join(' -> '));
			if (state.has(file)) return;
			state.set(file, 'open');
			for (const specifier of imports(file)) {
				const to = resolved(file, specifier);
				if (to) visit(to, [...path, file]);
			}
			state.set(file, 'done');
		};
		for (const file of files) visit(file, []);
		expect(cycles).toEqual([]);
	});

	test(`no file passes ${maxLines} lines`, () => {
		expect(files.filter(file => readFileSync(file, 'utf8').split('\n').length > maxLines).map(name)).toEqual([]);
	});
});
