import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import { baseUrlOf } from '../../core/providers/config';
import { findPreset } from '../../core/providers/presets';
import { parseModelRef } from '../../core/providers/provider';
import type { ProviderState } from '../../core/providers/providerState';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import { askKey } from './askKey';
import type { ProviderService } from './service';

export interface ProviderCommandDeps {
	readonly host: Host;
	readonly service: ProviderService;
}

/** Providers call out, so nothing of them runs before the workspace is trusted. */
export function requireTrust(): void {
	if (vscode.workspace.isTrusted) return;
	throw new ExpectedError('untrusted', 'In Restricted Mode nothing is sent to any provider.', {
		actions: [{ title: 'Manage Workspace Trust', command: 'workbench.trust.manage' }],
	});
}

/** The provider that a row or an id names, or that the user picks among those that `fits`. */
export async function pickProvider(
	{ service }: ProviderCommandDeps,
	argument: unknown,
	question: string,
	fits: (state: ProviderState) => boolean = () => true,
): Promise<ProviderState> {
	const named = providerOf(argument);
	if (named !== undefined) {
		const state = service.state(named);
		if (state) return state;
		throw new ExpectedError('no-provider', `There is no provider '${named}' any more.`);
	}
	const states = service.view.states.filter(fits);
	if (states.length === 0)
		throw new ExpectedError('no-provider', 'No provider is set up for that.', {
			actions: [{ title: 'Add Provider…', command: 'quarterdeck.providers.add' }],
		});
	const items = states.map(state => ({ label: state.label, description: state.health?.text ?? '', state }));
	const picked = await vscode.window.showQuickPick(items, { placeHolder: question, matchOnDescription: true });
	if (!picked) throw new CancelledError();
	return picked.state;
}

/** The id in a row of the tree, or the id itself. */
function providerOf(argument: unknown): string | undefined {
	if (typeof argument === 'string') return argument;
	const id = rowId(argument);
	if (id?.startsWith('provider:')) return id.split(':')[1];
	return id?.startsWith('model:') ? parseModelRef(id.slice('model:'.length)).provider : undefined;
}

function rowId(argument: unknown): string | undefined {
	const { node } = (argument ?? {}) as { readonly node?: { readonly id?: unknown } };
	return typeof node?.id === 'string' ? node.id : undefined;
}

/** Asks a provider whether it is well, and says what answered, how fast, and what to do when nothing did. */
export async function testProvider(deps: ProviderCommandDeps, argument: unknown): Promise<void> {
	requireTrust();
	const { service } = deps;
	const { id, label } = await pickProvider(deps, argument, 'Which provider do you want to test?');
	const provider = service.providers.get(id);
	await vscode.window.withProgress(
		// A notification that is gone after milliseconds only flickers, and makes VS Code hold back the one that counts.
		{ location: vscode.ProgressLocation.Window, title: `Asking ${label}…` },
		async () => {
			service.providers.forget(id);
			await service.recheck(provider);
		},
	);
	const health = service.state(id)?.health;
	if (!health) return;
	if (health.isUp) {
		const problem = service.state(id)?.modelsProblem;
		const took = health.latencyMs === null ? '' : ` It answered in ${health.latencyMs} ms.`;
		void vscode.window.showInformationMessage(unlinked(`${health.text}.${took}${problem ? ` ${problem}` : ''}`));
		return;
	}
	throw new ExpectedError('provider-down', health.text, { actions: health.actions });
}

/** Asks for a key, keeps it, and says whether it is right. */
export async function setProviderKey(deps: ProviderCommandDeps, argument: unknown): Promise<void> {
	const { host, service } = deps;
	const { id, label } = await pickProvider(deps, argument, 'Whose key do you want to set?', state => state.takesKey);
	const config = service.providers.configOf(id);
	if (!config) throw new ExpectedError('no-key', `${label} takes no key here.`);
	const has = (await host.secrets.get(`provider.${id}.key`)) !== undefined;
	const preset = config.kind === 'openai' ? findPreset(config.preset ?? 'other') : undefined;
	const key = await askKey({ label, keyUrl: preset?.keyUrl, baseUrl: baseUrlOf(config), has });
	if (key === undefined) return;
	await host.secrets.set(`provider.${id}.key`, key);
	if (vscode.workspace.isTrusted) await testProvider(deps, id);
}

function isConfigured(state: ProviderState): boolean {
	return state.origin === 'configured';
}

function isFound(state: ProviderState): boolean {
	return state.origin === 'found';
}

/** Removes a provider of the settings, with its key. */
export async function removeProvider(deps: ProviderCommandDeps, argument: unknown): Promise<void> {
	const { host } = deps;
	const { id, label, origin } = await pickProvider(
		deps,
		argument,
		'Which provider do you want to remove?',
		isConfigured,
	);
	if (origin !== 'configured')
		throw new ExpectedError('not-configured', `${label} is not in your settings, so there is nothing to remove.`);
	const picked = await vscode.window.showWarningMessage(
		`Remove ${label}?`,
		{ modal: true, detail: 'Its entry in the settings and its key are deleted. Conversations with it are kept.' },
		'Remove',
	);
	if (picked !== 'Remove') return;
	const entries = host.settings.get('providers');
	const isIt = (entry: unknown): boolean => (entry as { readonly id?: unknown } | null)?.id === id;
	await host.settings.set(
		'providers',
		entries.filter(entry => !isIt(entry)),
	);
	await host.secrets.delete(`provider.${id}.key`);
}

/** Puts a server that was found on this machine into the settings, where it can be changed. */
export async function keepProvider(deps: ProviderCommandDeps, argument: unknown): Promise<void> {
	const state = await pickProvider(deps, argument, 'Which provider do you want to keep?', isFound);
	const config = deps.service.providers.configOf(state.id);
	const { settings } = deps.host;
	if (config && isFound(state)) await settings.set('providers', [...settings.get('providers'), config]);
	await vscode.commands.executeCommand('workbench.action.openSettings', '@id:quarterdeck.providers');
}

/** The model in a row of the tree, as in a `ModelRef`. */
export function modelOf(argument: unknown): string {
	const id = rowId(argument);
	if (!id?.startsWith('model:')) throw new ExpectedError('no-model', 'Choose a model in the view of models.');
	return id.slice('model:'.length);
}

/** Copies a model's name as it is written in settings and flows. */
export async function copyModelName(argument: unknown): Promise<void> {
	const name = modelOf(argument);
	await vscode.env.clipboard.writeText(name);
	void vscode.window.setStatusBarMessage(`$(copy) ${name}`, 3000);
}
