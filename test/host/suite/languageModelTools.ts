import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { theExtension } from '../activation';
import type { HostTests } from '../harness';

interface Declared {
	readonly name: string;
	readonly when?: string;
}

/** What VS Code's own chat sees of our tools, and what it gets when it uses one. */
export function languageModelToolTests(): HostTests {
	return {
		'every tool without a condition is offered to language models': () => {
			const { languageModelTools } = (
				theExtension().packageJSON as { contributes: { languageModelTools: readonly Declared[] } }
			).contributes;
			const offered = new Set(vscode.lm.tools.map(tool => tool.name));
			const wanted = languageModelTools.filter(tool => tool.when === undefined).map(tool => tool.name);
			assert.deepEqual(
				wanted.filter(name => !offered.has(name)),
				[],
			);
		},
		'a tool answers through the gate': async () => {
			assert.match(await use('quarterdeck_calculate', { expression: '6 * 7' }), /6 \* 7 = 42/u);
			assert.match(await use('quarterdeck_time', {}), /UTC: \d{4}-/u);
			assert.match(await use('quarterdeck_query_ledger', { what: 'costs' }), /project/u);
		},
		'a wrong argument is told, not thrown': async () => {
			assert.match(await use('quarterdeck_git_log', { limit: 'many' }), /limit: must be of type integer/u);
		},
	};
}

async function use(name: string, input: object): Promise<string> {
	const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
	return result.content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
