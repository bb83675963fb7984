import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { theExtension, type Activation } from '../activation';
import type { HostTests } from '../harness';

interface Manifest {
	readonly contributes: {
		readonly commands: readonly { readonly command: string }[];
		readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
		readonly configuration: Declared | readonly Declared[];
	};
}

interface Declared {
	readonly properties: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** What the manifest promises is there once the extension is active. */
export function manifestTests(activation: Activation): HostTests {
	const manifest = theExtension().packageJSON as Manifest;
	return {
		'the extension activates': () => {
			assert.equal(theExtension().isActive, true);
		},
		'activation does not hold up the host': () => {
			// Far above the bar that the benchmark holds: this one only catches what every machine would notice.
			assert.ok(activation.ms < 500, `activation took ${activation.ms} ms`);
		},
		'every declared command is registered': async () => {
			const registered = new Set(await vscode.commands.getCommands(true));
			const missing = manifest.contributes.commands.map(item => item.command).filter(id => !registered.has(id));
			assert.deepEqual(missing, []);
		},
		'every view can be focused': async () => {
			const registered = new Set(await vscode.commands.getCommands(true));
			const views = Object.values(manifest.contributes.views).flat();
			assert.deepEqual(
				views.map(view => view.id).filter(id => !registered.has(`${id}.focus`)),
				[],
			);
		},
		'settings have the defaults that the manifest names': () => {
			const { configuration } = manifest.contributes;
			const sections: readonly Declared[] = Array.isArray(configuration) ? configuration : [configuration as Declared];
			for (const [key, { default: value }] of sections.flatMap(section => Object.entries(section.properties))) {
				assert.deepEqual(vscode.workspace.getConfiguration().inspect(key)?.defaultValue, value, key);
			}
		},
		'the chat opens': async () => {
			await vscode.commands.executeCommand('quarterdeck.chat.open');
		},
	};
}
