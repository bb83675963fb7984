import * as vscode from 'vscode';
import { CancelledError } from '../../core/base/errors';
import {
	baseUrlOf,
	labelOf,
	ollamaAddress,
	providerConfigSchema,
	readConfigs,
	type ProviderConfig,
} from '../../core/providers/config';
import { isLoopback } from '../../core/providers/connection';
import { makeProvider } from '../../core/providers/factory';
import { presets, type ProviderPreset } from '../../core/providers/presets';
import type { ProviderHealth } from '../../core/providers/provider';
import { askText } from '../host/askText';
import { unlinked } from '../host/unlinked';
import { askKey } from './askKey';
import { requireTrust, type ProviderCommandDeps } from './commands';

type Choice = vscode.QuickPickItem & { readonly preset: ProviderPreset | null };

/** Sets a provider up: which one, where, its key; then asks it, and saves what answered. */
export async function addProvider(deps: ProviderCommandDeps): Promise<void> {
	requireTrust();
	const preset = await pickPreset();
	const config = await askConfig(deps, preset);
	let key = await askFirstKey(config, preset);
	for (;;) {
		const health = await ask(deps, config, key);
		if (health.isUp) {
			await save(deps, config, key);
			void vscode.window.showInformationMessage(unlinked(`${health.text}. Its models can be chosen everywhere now.`));
			return;
		}
		const next = await askWhatNow(config, health, preset);
		if (next === 'save') return save(deps, config, key);
		if (next === 'key') key = await askFirstKey(config, preset);
	}
}

function isLocal({ baseUrl }: ProviderPreset): boolean {
	return baseUrl !== null && isLoopback(baseUrl);
}

function item(preset: ProviderPreset): Choice {
	return { preset, label: preset.label, ...described(preset) };
}

function separator(label: string): Choice {
	return { preset: null, label, kind: vscode.QuickPickItemKind.Separator };
}

async function pickPreset(): Promise<ProviderPreset | null> {
	const ollama: Choice = {
		preset: null,
		label: 'Ollama',
		description: 'on this machine or another one',
		detail: ollamaAddress,
	};
	const own = presets.filter(preset => preset.baseUrl === null);
	const picked = await vscode.window.showQuickPick<Choice>(
		[
			separator('With a key'),
			...presets.filter(preset => preset.baseUrl !== null && !isLocal(preset)).map(item),
			separator('On your own machine'),
			ollama,
			...presets.filter(isLocal).map(item),
			separator('At your own address'),
			...own.map(item),
		],
		{ title: 'Add Provider', placeHolder: 'Who answers?', matchOnDescription: true, matchOnDetail: true },
	);
	if (!picked) throw new CancelledError();
	return picked.preset;
}

function described({ key, baseUrl }: ProviderPreset): Pick<vscode.QuickPickItem, 'description' | 'detail'> {
	const needs = { required: 'needs a key', optional: 'a key where the server wants one', none: 'needs no key' }[key];
	return { description: needs, ...(baseUrl === null ? {} : { detail: baseUrl }) };
}

/** Asks for what the preset does not know. */
async function askConfig({ host }: ProviderCommandDeps, preset: ProviderPreset | null): Promise<ProviderConfig> {
	const usual = preset ? preset.baseUrl : ollamaAddress;
	const isOwn = usual === null || isLoopback(usual);
	const baseUrl = isOwn ? await askAddress(preset, usual) : undefined;
	const isUsual = baseUrl === undefined || baseUrl === usual;
	const models = preset?.quirks?.listIsNotYours ? await askDeployments() : undefined;
	const taken = readConfigs(host.settings.get('providers')).configs.map(config => config.id);
	const wish = preset?.id ?? 'ollama';
	const isNamed = wish === 'other' || taken.includes(wish);
	const named = isNamed ? await askLabel(preset?.label ?? 'Ollama', baseUrl) : undefined;
	const id = freeId(named === undefined ? wish : idOf(named, wish), taken);
	const common = { id, ...(isUsual ? {} : { baseUrl }), ...(named ? { label: named } : {}) };
	return providerConfigSchema.parse(
		preset
			? { ...common, kind: 'openai', preset: preset.id, ...(models ? { models } : {}) }
			: { ...common, kind: 'ollama' },
	);
}

function freeId(wish: string, taken: readonly string[]): string {
	let id = wish;
	for (let count = 2; taken.includes(id); count++) id = `${wish}-${count}`;
	return id;
}

async function askAddress(preset: ProviderPreset | null, usual: string | null): Promise<string> {
	const example = preset?.id === 'azure' ? 'https://your-resource.openai.azure.com' : 'https://host/v1';
	const answer = await askText({
		title: `Address of ${preset?.label ?? 'Ollama'}`,
		value: usual ?? '',
		placeHolder: example,
		prompt: preset?.id === 'other' ? 'The base URL of its API. It usually ends in /v1.' : 'Where it listens.',
		validateInput: text => addressProblem(text.trim()),
	});
	if (answer === undefined) throw new CancelledError();
	return answer.trim();
}

function addressProblem(text: string): string | undefined {
	const probe = providerConfigSchema.safeParse({ id: 'probe', kind: 'openai', preset: 'other', baseUrl: text });
	return probe.success ? undefined : `This ${probe.error.issues[0]?.message ?? 'is no address'}.`;
}

async function askDeployments(): Promise<readonly string[]> {
	const answer = await askText({
		title: 'Your Deployments',
		placeHolder: 'gpt-4.1, gpt-5-mini',
		prompt: 'The names of your deployments, with commas between them: Azure does not list them.',
		validateInput: text => (text.trim() === '' ? 'Name at least one.' : undefined),
	});
	if (answer === undefined) throw new CancelledError();
	return answer
		.split(',')
		.map(name => name.trim())
		.filter(name => name !== '');
}

/** Letters and digits of a name; the rest is dashes. */
function idOf(name: string, otherwise: string): string {
	const id = name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 30);
	return ['', 'claude', 'vscode', 'auto'].includes(id) ? otherwise : id;
}

async function askLabel(label: string, baseUrl: string | undefined): Promise<string> {
	const answer = await askText({
		title: `Name of the ${label}`,
		value: baseUrl === undefined ? `${label} 2` : new URL(baseUrl).host,
		prompt: 'What it is called in lists, and in front of its models.',
		validateInput: text => (text.trim() === '' || text.length > 60 ? 'One to 60 characters.' : undefined),
	});
	if (answer === undefined) throw new CancelledError();
	return answer.trim();
}

async function askFirstKey(config: ProviderConfig, preset: ProviderPreset | null): Promise<string> {
	const baseUrl = baseUrlOf(config);
	const isOptional = preset ? preset.key === 'optional' : true;
	const isNeedless = preset ? preset.key === 'none' : isLoopback(baseUrl);
	if (isNeedless || (isOptional && isLoopback(baseUrl) && preset?.id !== 'other')) return '';
	const key = await askKey({ label: labelOf(config), keyUrl: preset?.keyUrl, baseUrl, has: false, isOptional });
	if (key === undefined) throw new CancelledError();
	return key;
}

async function ask({ host }: ProviderCommandDeps, config: ProviderConfig, key: string): Promise<ProviderHealth> {
	const options = {
		location: vscode.ProgressLocation.Notification,
		title: unlinked(`Asking ${labelOf(config)}…`),
		cancellable: true,
	};
	const secret = (): Promise<string | undefined> => Promise.resolve(key === '' ? undefined : key);
	return vscode.window.withProgress(options, async (_, token) => {
		const abort = new AbortController();
		token.onCancellationRequested(() => abort.abort());
		const provider = await makeProvider(config, { clock: host.clock, secret });
		const health = await provider.health(abort.signal);
		if (abort.signal.aborted) throw new CancelledError();
		return health;
	});
}

async function askWhatNow(
	config: ProviderConfig,
	health: ProviderHealth,
	preset: ProviderPreset | null,
): Promise<'again' | 'key' | 'save'> {
	const isAboutKey = health.actions.some(action => action.command === 'quarterdeck.providers.setKey');
	const again = { title: 'Test Again' };
	const key = { title: 'Enter Another Key' };
	const anyway = { title: 'Save Anyway' };
	const choices = isAboutKey || preset?.key === 'required' ? [key, again, anyway] : [again, anyway];
	const picked = await vscode.window.showWarningMessage(
		`${labelOf(config)} is not ready.`,
		{ modal: true, detail: health.text },
		...choices,
	);
	if (!picked) throw new CancelledError();
	if (picked === key) return 'key';
	return picked === anyway ? 'save' : 'again';
}

/** The key first: the provider is asked as soon as the setting names it. */
async function save({ host }: ProviderCommandDeps, config: ProviderConfig, key: string): Promise<void> {
	await host.secrets.set(`provider.${config.id}.key`, key);
	await host.settings.set('providers', [...host.settings.get('providers'), config]);
}
