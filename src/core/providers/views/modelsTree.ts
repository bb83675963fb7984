import { escapeMarkdown, leaf, oneLine, type ViewNode } from '../../ledger/views/viewNode';
import type { ConfigProblem } from '../config';
import { isLoopback } from '../connection';
import { modelRefText, type ProviderModel } from '../provider';
import type { ProvidersView, ProviderState } from '../providerState';
import { shortNumber, windowText, withoutName } from './words';

/** The providers and their models as rows. */
export function modelsTree({ states, problems }: ProvidersView): readonly ViewNode[] {
	return [...problems.map(problemNode), ...states.map(providerNode)];
}

function problemNode({ index, text }: ConfigProblem): ViewNode {
	return leaf({
		id: `problem:${index}`,
		label: 'Settings',
		description: oneLine(text, 200),
		icon: { id: 'warning', color: 'list.warningForeground' },
		tooltip: escapeMarkdown(text),
		spoken: text,
		command: { id: 'workbench.action.openSettings', args: ['@id:quarterdeck.providers'] },
	});
}

function providerNode(state: ProviderState): ViewNode {
	const { id, label, health } = state;
	const words = ['provider', state.origin];
	if (state.takesKey) words.push('key');
	if (state.canPull && health?.isUp) words.push('pull');
	const description = providerDescription(state);
	return {
		...leaf({ id: `provider:${id}`, label, description, icon: providerIcon(state), contextValue: words.join(' ') }),
		tooltip: providerTooltip(state),
		spoken: `${label}: ${description}`,
		...(providerRows(state).length > 0 || !health ? { children: providerRows(state) } : {}),
		// Asked before it has answered, and remembered from then on.
		isExpanded: state.isLocal && state.origin !== 'own',
	};
}

function providerIcon({ health, isChecking, models, modelsProblem, origin }: ProviderState): ViewNode['icon'] {
	if (isChecking && !health) return { id: 'loading~spin', color: null };
	if (!health) return { id: 'circle-outline', color: null };
	if (!health.isUp) {
		// Not everybody has these, and nothing is wrong then.
		if (origin === 'own') return { id: 'circle-outline', color: null };
		const needsKey = health.actions.some(action => action.command === 'quarterdeck.providers.setKey');
		return needsKey
			? { id: 'key', color: 'list.warningForeground' }
			: { id: 'circle-slash', color: origin === 'found' ? null : 'list.errorForeground' };
	}
	if (modelsProblem !== null || models?.length === 0) return { id: 'warning', color: 'list.warningForeground' };
	return { id: 'pass-filled', color: 'testing.iconPassed' };
}

/** `up, 12 ms, 5 models`: what one looks for first. */
function providerDescription({ label, health, isChecking, models, origin }: ProviderState): string {
	if (!health) return isChecking ? 'asking…' : 'not asked yet';
	if (!health.isUp) {
		const seen = origin === 'found' ? 'ran here before' : '';
		return [oneLine(withoutName(health.text, label), 100), seen].filter(Boolean).join(' · ');
	}
	const found = origin === 'found' ? 'found on this machine' : '';
	const latency = health.latencyMs === null ? '' : `${health.latencyMs} ms`;
	const count = models === null ? '' : models.length === 0 ? 'no models' : plural(models.length, 'model');
	return ['up', latency, count, found].filter(Boolean).join(' · ');
}

function providerTooltip(state: ProviderState): string {
	const { label, health, baseUrl, id, isLocal } = state;
	const lines = [`**${escapeMarkdown(label)}**`];
	if (health) lines.push(escapeMarkdown(health.text));
	if (baseUrl !== null) lines.push(escapeMarkdown(baseUrl));
	lines.push(`Models are named ${escapeMarkdown(id)}/…`);
	lines.push(
		isLocal
			? 'Runs on this machine: nothing leaves it and it costs nothing.'
			: 'What is sent to it leaves this machine.',
	);
	if (baseUrl?.startsWith('http:') && !isLoopback(baseUrl))
		lines.push('**The connection is not encrypted:** prompts and key can be read on the way.');
	return lines.join('\n\n');
}

function providerRows(state: ProviderState): readonly ViewNode[] {
	const { id, health, models, modelsProblem } = state;
	if (health && !health.isUp) return downRows(state);
	if (modelsProblem !== null)
		return [
			leaf({
				id: `provider:${id}:problem`,
				label: 'The models could not be listed',
				description: oneLine(modelsProblem),
				icon: { id: 'warning', color: 'list.warningForeground' },
				tooltip: escapeMarkdown(modelsProblem),
			}),
		];
	if (models?.length === 0)
		return [
			leaf({
				id: `provider:${id}:none`,
				label: 'No models',
				description: state.canPull ? 'download one' : '',
				icon: { id: state.canPull ? 'cloud-download' : 'info', color: null },
				command: state.canPull ? { id: 'quarterdeck.providers.pull', args: [id] } : null,
			}),
		];
	return (models ?? []).map(model => modelNode(state, model));
}

/** What helps, each a row to click; the reason itself stands beside the name and in its tooltip. */
function downRows({ id, health }: ProviderState): readonly ViewNode[] {
	if (!health) return [];
	return health.actions.map(({ title, command, args = [] }, index) =>
		leaf({
			id: `provider:${id}:action:${index}`,
			label: title,
			icon: { id: actionIcons[command] ?? 'link-external', color: null },
			command: { id: 'quarterdeck.providers.runAction', args: [command, ...args] },
		}),
	);
}

const actionIcons: Readonly<Record<string, string>> = {
	'quarterdeck.providers.test': 'refresh',
	'quarterdeck.providers.setKey': 'key',
	'quarterdeck.providers.pull': 'cloud-download',
};

function modelNode({ id, isLocal, canPull }: ProviderState, model: ProviderModel): ViewNode {
	const ref = modelRefText({ provider: id, model: model.id });
	const isLoaded = model.vramBytes !== null;
	const facts = [
		model.contextTokens === null ? '' : `${windowText(model.contextTokens)} context`,
		model.sizeBytes === null ? '' : bytes(model.sizeBytes),
		isLoaded ? `loaded${model.vramBytes === 0 ? ', on the CPU' : `, ${bytes(model.vramBytes)} on the GPU`}` : '',
		model.isRemote ? 'runs elsewhere' : '',
	].filter(Boolean);
	return leaf({
		id: `model:${ref}`,
		label: model.label,
		description: facts.join(' · '),
		icon: { id: isLoaded ? 'circle-filled' : 'symbol-misc', color: isLoaded ? 'charts.green' : null },
		contextValue: isLoaded && canPull ? 'model loaded' : 'model',
		tooltip: modelTooltip(ref, model, isLocal),
		spoken: [model.label, ...facts].join(', '),
	});
}

function said(value: boolean | null, yes: string, no: string): string {
	if (value === null) return '';
	return value ? yes : no;
}

function modelTooltip(ref: string, model: ProviderModel, isLocal: boolean): string {
	const { abilities, description, isRemote, vramBytes, loadedUntil } = model;
	const can = [
		said(abilities.tools, 'calls tools', 'calls no tools'),
		said(abilities.images, 'reads pictures', 'reads no pictures'),
		said(abilities.thinking, 'thinks', ''),
		said(abilities.structured, 'keeps to a schema', ''),
	].filter(Boolean);
	const lines = [`**${escapeMarkdown(model.label)}**`, escapeMarkdown(ref)];
	if (description !== '') lines.push(escapeMarkdown(description));
	if (can.length > 0) lines.push(`${can.join(', ')}.`);
	if (vramBytes !== null) lines.push(loadedText(loadedUntil));
	if (isLocal && isRemote) lines.push('Runs elsewhere: what is sent to it leaves this machine, and it may cost.');
	return lines.join('\n\n');
}

/** A server that is told to keep a model says a moment centuries ahead. */
const everMs = 365 * 86_400_000;

function loadedText(until: number | null | undefined): string {
	if (until === undefined) return 'In memory.';
	if (until === null || until - Date.now() > everMs) return 'In memory until you unload it.';
	const time = new Date(until).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
	return `In memory until ${time}, unless it is used again.`;
}

function bytes(count: number): string {
	return count >= 1e9 ? `${shortNumber(count / 1e9)} GB` : `${Math.round(count / 1e6)} MB`;
}

function plural(count: number, word: string): string {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}
