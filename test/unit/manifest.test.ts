import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';

vi.mock('vscode', () => ({ window: {} }));

const root = resolve(import.meta.dirname, '../..');
interface Manifest {
	readonly contributes: {
		readonly commands: readonly { readonly command: string; readonly title: string }[];
		readonly views: Record<string, readonly { readonly id: string }[]>;
		readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
		readonly menus: Record<string, readonly { readonly command: string; readonly when?: string }[]>;
		readonly keybindings: readonly {
			readonly command: string;
			readonly key: string;
			readonly mac?: string;
			readonly when?: string;
		}[];
		readonly configuration: { readonly properties: Record<string, { readonly default: unknown }> };
		readonly walkthroughs: readonly {
			readonly id: string;
			readonly steps: readonly {
				readonly description: string;
				readonly media: { readonly image: string };
				readonly completionEvents: readonly string[];
			}[];
		}[];
	};
	readonly dependencies: Record<string, string>;
	readonly devDependencies: Record<string, string>;
	readonly publisher: string;
	readonly name: string;
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const { commandIds, flowCommandIds, flowEditorType, htmlPanelType, internalCommandIds, viewIds, walkthroughId } =
	await import('../../src/extension/host/ids');
const { commandIds: editorCommandIds, commandOf } = await import('../../src/core/flow/editorCommands');
const { settingDefaults } = await import('../../src/extension/host/settings');

const sourceFiles = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
	/\.tsx?$/.test(name),
);
const source = new Map(
	sourceFiles.map(name => [name.replaceAll('\\', '/'), readFileSync(join(root, 'src', name), 'utf8')]),
);
const extensionSource = [...source].filter(([name]) => name.startsWith('extension/') && !name.endsWith('host/ids.ts'));

describe('package.json and code agree', () => {
	test('every command is declared and has one constant', () => {
		expect(contributes.commands.map(entry => entry.command).sort()).toEqual([...commandIds, ...flowCommandIds].sort());
	});

	test('every command is registered by one feature', () => {
		const registered = (id: string): number =>
			extensionSource.flatMap(([, text]) => [
				...text.matchAll(new RegExp(`register\\w*\\(\\s*'${id.replaceAll('.', '\\.')}'`, 'g')),
			]).length;
		const wrong = [...commandIds, ...internalCommandIds].filter(id => registered(id) !== 1);
		expect(wrong).toEqual([]);
	});

	test('the editor of flows has its commands with their titles and keys', () => {
		const active = `activeCustomEditorId == '${flowEditorType}'`;
		const wanted = editorCommandIds.flatMap(id => {
			const { title, key, scope } = commandOf(id);
			if (key === '') return [{ id, title }];
			const when = scope === 'canvas' ? `${active} && quarterdeck.flowGraphFocus` : active;
			return [{ id, title, key: key.replaceAll('mod', 'ctrl'), mac: key.replaceAll('mod', 'cmd'), when }];
		});
		const declared = contributes.commands.flatMap(({ command, title }) => {
			if (!command.startsWith(`${flowEditorType}.`)) return [];
			const id = command.slice(flowEditorType.length + 1);
			const bound = contributes.keybindings.find(entry => entry.command === command);
			return [bound ? { id, title, key: bound.key, mac: bound.mac ?? bound.key, when: bound.when } : { id, title }];
		});
		expect(declared).toEqual(wanted);
	});

	test('every view has a constant', () => {
		const declared = Object.values(contributes.views)
			.flat()
			.map(view => view.id);
		expect(declared.sort()).toEqual(Object.values(viewIds).sort());
	});

	test('menus, keys, welcome texts and walkthroughs name declared commands', () => {
		const known = new Set<string>([...commandIds, ...flowCommandIds]);
		const named = [
			...Object.values(contributes.menus).flatMap(entries => entries.map(entry => entry.command)),
			...contributes.keybindings.map(entry => entry.command),
			...[...contributes.viewsWelcome.map(entry => entry.contents), ...steps().map(step => step.description)].flatMap(
				text => [...text.matchAll(/command:([\w.]+)/g)].map(match => match[1] ?? ''),
			),
		];
		expect(named.filter(id => !known.has(id))).toEqual([]);
	});

	test('settings and their defaults are the same on both sides', () => {
		const declared = Object.fromEntries(
			Object.entries(contributes.configuration.properties).map(([key, property]) => [key, property.default]),
		);
		const inCode = Object.fromEntries(
			Object.entries(settingDefaults).map(([key, value]) => [`quarterdeck.${key}`, value]),
		);
		expect(declared).toEqual(inCode);
	});

	test('every setting is read somewhere', () => {
		const all = [...source].filter(([name]) => !name.endsWith('host/settings.ts')).map(([, text]) => text);
		expect(Object.keys(settingDefaults).filter(key => !all.some(text => text.includes(`'${key}'`)))).toEqual([]);
	});

	test('context keys in `when` clauses are set by code', () => {
		const clauses = [
			...Object.values(contributes.menus).flatMap(entries => entries.map(entry => entry.when ?? '')),
			...contributes.keybindings.map(entry => entry.when ?? ''),
			...steps().flatMap(step => step.completionEvents.filter(event => event.startsWith('onContext:'))),
		];
		const ids = new Set<string>([...Object.values(viewIds), htmlPanelType, flowEditorType]);
		const keys = new Set(
			clauses.flatMap(clause => clause.match(/quarterdeck\.\w+/g) ?? []).filter(key => !ids.has(key)),
		);
		const isSet = (key: string): boolean => extensionSource.some(([, text]) => text.includes(`setContext('${key}'`));
		expect([...keys].filter(key => !isSet(key))).toEqual([]);
	});

	test('the walkthrough is the one that code opens, and its pictures exist', () => {
		expect(contributes.walkthroughs.map(entry => `${manifest.publisher}.${manifest.name}#${entry.id}`)).toEqual([
			walkthroughId,
		]);
		for (const step of steps()) expect(() => readFileSync(join(root, step.media.image))).not.toThrow();
	});

	test('the packages that the project is built on are there', () => {
		const all = { ...manifest.dependencies, ...manifest.devDependencies };
		const named = [
			'@types/vscode',
			'@vscode/webview-ui-toolkit',
			'react',
			'reactflow',
			'@modelcontextprotocol/sdk',
			'openai',
			'ollama',
		];
		named.push('systeminformation', 'sql.js', 'esbuild', '@vscode/test-electron');
		expect(named.filter(name => !(name in all))).toEqual([]);
	});
});

function steps(): Manifest['contributes']['walkthroughs'][number]['steps'] {
	return contributes.walkthroughs.flatMap(walkthrough => walkthrough.steps);
}
