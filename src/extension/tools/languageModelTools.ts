import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import type { Disposable } from '../../core/base/lifecycle';
import { toolTier } from '../../core/safety/tiers';
import { workspaceFolders } from '../host/workspace';
import type { ToolsService } from './service';

/** Tools that VS Code's own chat may use. The manifest declares the same ones; a test compares them. */
export const languageModelToolNames = [
	'quarterdeck_query_ledger',
	'quarterdeck_git_status',
	'quarterdeck_git_diff',
	'quarterdeck_git_log',
	'quarterdeck_fetch_page',
	'quarterdeck_web_search',
	'quarterdeck_system_info',
	'quarterdeck_calculate',
	'quarterdeck_time',
] as const;

/** Offers a tool of ours to VS Code's language models. Its calls pass our gate, whatever VS Code has asked before. */
export function offerToVsCode(name: string, service: Lazy<ToolsService>): Disposable {
	return vscode.lm.registerTool<Record<string, unknown>>(name, {
		prepareInvocation: ({ input }) => {
			const { tier, does } = toolTier(name);
			const invocationMessage = `Quarterdeck ${does}`;
			// What only reads the workspace or nothing at all asks nobody, here as everywhere.
			if (tier === 'GREEN') return { invocationMessage };
			const call = JSON.stringify(input).replaceAll('`', "'").slice(0, 500);
			const message = `\`${call}\` Quarterdeck asks for your word in its Approvals view as well.`;
			return { invocationMessage, confirmationMessages: { title: invocationMessage, message } };
		},
		invoke: ({ input }, token) => invoke(name, input, service, token),
	});
}

async function invoke(
	name: string,
	input: Record<string, unknown>,
	service: Lazy<ToolsService>,
	token: vscode.CancellationToken,
): Promise<vscode.LanguageModelToolResult> {
	if (!vscode.workspace.isTrusted) {
		throw new ExpectedError('untrusted', 'This workspace is in Restricted Mode; Quarterdeck runs nothing in it.');
	}
	const { runner } = await service.get();
	const stop = new AbortController();
	const cancelling = token.onCancellationRequested(() => stop.abort());
	if (token.isCancellationRequested) stop.abort();
	try {
		const outcome = await runner.run(
			{ id: crypto.randomUUID(), name, input },
			{
				origin: { conversation: null, asker: 'VS Code chat', execution: null, step: null },
				context: {
					cwd: workspaceFolders()[0] ?? homedir(),
					conversation: null,
					execution: null,
					onProgress: () => undefined,
				},
				signal: stop.signal,
			},
		);
		const texts = outcome.content.flatMap(part => (part.type === 'text' ? [part.text] : []));
		return new vscode.LanguageModelToolResult(texts.map(text => new vscode.LanguageModelTextPart(text)));
	} finally {
		cancelling.dispose();
	}
}
