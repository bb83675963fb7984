import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { OllamaProvider } from '../../core/providers/ollama';
import type { ProviderState } from '../../core/providers/providerState';
import { parseModelRef } from '../../core/providers/provider';
import { askText } from '../host/askText';
import { unlinked } from '../host/unlinked';
import { modelOf, pickProvider, requireTrust, type ProviderCommandDeps } from './commands';

function canPull(state: ProviderState): boolean {
	return state.canPull;
}

/** Downloads a model to an Ollama server, with its progress, until the user stops it. */
export async function pullModel(deps: ProviderCommandDeps, argument: unknown, named?: unknown): Promise<void> {
	requireTrust();
	const { service } = deps;
	const { id, label } = await pickProvider(deps, argument, 'Which Ollama shall download a model?', canPull);
	const provider = await service.providers.adapter(id);
	if (!(provider instanceof OllamaProvider))
		throw new ExpectedError('no-pull', `${label} cannot download models; only Ollama can.`);
	const model = typeof named === 'string' ? named : await askModel(label);
	if (model === undefined) return;
	await download(provider, model);
	service.providers.forget(id);
	await service.check(service.providers.get(id));
	void vscode.window.showInformationMessage(unlinked(`${label} has ${model} now. It can be chosen as ${id}/${model}.`));
}

async function askModel(label: string): Promise<string | undefined> {
	const answer = await askText({
		title: `Download a Model to ${label}`,
		placeHolder: 'qwen3:4b',
		prompt: 'Its name as at ollama.com/library, with the size after a colon.',
		validateInput: text => (/^[\w./-]+(?::[\w.-]+)?$/.test(text.trim()) ? undefined : 'That is no name of a model.'),
	});
	return answer?.trim();
}

async function download(provider: OllamaProvider, model: string): Promise<void> {
	const options = {
		location: vscode.ProgressLocation.Notification,
		title: unlinked(`Downloading ${model}`),
		cancellable: true,
	};
	await vscode.window.withProgress(options, async (progress, token) => {
		const abort = new AbortController();
		token.onCancellationRequested(() => abort.abort());
		let shown = 0;
		for await (const { status, completedBytes, totalBytes } of provider.pull(model, abort.signal)) {
			const percent = totalBytes > 0 ? (completedBytes / totalBytes) * 100 : 0;
			const message = totalBytes > 0 ? `${megabytes(completedBytes)} of ${megabytes(totalBytes)}` : status;
			// The total grows while layers become known, so the bar may only wait for it, never go back.
			const increment = Math.max(0, percent - shown);
			shown += increment;
			progress.report({ message: unlinked(message), increment });
		}
		if (abort.signal.aborted) throw new CancelledError();
	});
}

function megabytes(bytes: number): string {
	return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** Takes a model out of the memory of its server, which waits for answers that it is giving. */
export async function unloadModel({ service }: ProviderCommandDeps, argument: unknown): Promise<void> {
	requireTrust();
	const { provider: id, model } = parseModelRef(modelOf(argument));
	const provider = await service.providers.adapter(id);
	if (!(provider instanceof OllamaProvider))
		throw new ExpectedError('no-unload', `${provider.label} cannot unload models; only Ollama can.`);
	await provider.unload(model, new AbortController().signal);
	service.providers.forget(id);
	await service.recheck(service.providers.get(id));
}
