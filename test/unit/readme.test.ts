import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { minimumVersion } from '../../src/core/claude/errors';
import { classify } from '../../src/core/safety/classify';
import { tiers } from '../../src/core/safety/tier';
import { context, cwd } from './safety/context';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
	readonly engines: { readonly vscode: string; readonly node: string };
	readonly scripts: Readonly<Record<string, string>>;
	readonly contributes: {
		readonly commands: readonly { readonly title: string; readonly category: string }[];
		readonly configuration: {
			readonly properties: Readonly<Record<string, { readonly default: unknown; readonly scope?: string }>>;
		};
	};
};

/** Cells of the table rows whose first cell looks like this. */
function rows(first: RegExp): readonly (readonly string[])[] {
	return readme
		.split('\n')
		.filter(line => line.startsWith('|'))
		.map(line =>
			line
				.split('|')
				.slice(1, -1)
				.map(cell => cell.trim()),
		)
		.filter(([cell]) => first.test(cell ?? ''));
}

describe('README.md tells the truth', () => {
	test('every setting with its default and scope', () => {
		const told = rows(/^`quarterdeck\./).map(([name, value, scope]) => [name, value, scope]);
		const { properties } = manifest.contributes.configuration;
		const declared = Object.entries(properties).map(([name, property]) => [
			`\`${name}\``,
			`\`${JSON.stringify(property.default)}\``,
			property.scope ?? '',
		]);
		expect(told).toEqual(declared);
	});

	test('every tier, and commands that are of that tier', () => {
		const table = rows(/^[A-Z]+$/);
		expect(table.map(([tier]) => tier)).toEqual(tiers);
		for (const [tier, examples] of table)
			for (const [, command = ''] of (examples ?? '').matchAll(/`([^`]+)`/g))
				expect([command, classify({ tool: 'Bash', input: { command }, cwd }, context).tier]).toEqual([command, tier]);
	});

	test('commands by their titles', () => {
		const titles = manifest.contributes.commands.map(({ category, title }) => `${category}: ${title}`);
		const named = [...readme.matchAll(/\*\*(Quarterdeck: [^*]+)\*\*/g)].map(match => match[1]);
		expect(named.filter(name => !titles.includes(name ?? ''))).toEqual([]);
	});

	test('versions that are needed', () => {
		expect(readme).toContain(`VS Code ${manifest.engines.vscode.replace(/^\^(\d+\.\d+)\.0$/, '$1')} or newer`);
		expect(readme).toContain(`${minimumVersion} or newer`);
		expect(readme).toContain(`Node ${manifest.engines.node.replace('>=', '')} or newer`);
	});

	test('scripts, pictures and links that exist', () => {
		const scripts = [...readme.matchAll(/^npm (?:run )?([\w:]+)/gm)].map(match => match[1] ?? '');
		expect(scripts.filter(name => !(name in manifest.scripts))).toEqual([]);
		const files = [...readme.matchAll(/\]\((?!https:)([^)]+)\)/g)].map(match => match[1] ?? '');
		for (const file of files) expect(statSync(join(root, file)).size, file).toBeGreaterThan(0);
	});
});
