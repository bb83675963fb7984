import { pullModel, testAgain } from '../providers/actions';
import { modelRefText, type ProviderModel } from '../providers/provider';
import type { ProviderModels } from '../providers/registry';
import { windowText, withoutName } from '../providers/views/words';
import type { Effort, ModelChoice } from './items';
import type { ModelGroup, Obstacle } from './protocol';

/** Leaves the choice to the user's rules. */
export const autoChoice: ModelChoice = {
	value: 'auto',
	label: 'Auto',
	description: 'Chooses for each message by rules that you can read and change',
	efforts: [],
};

const defaultChoice: ModelChoice = {
	value: 'default',
	label: 'Default',
	description: 'What the Claude CLI is set to',
	efforts: [],
};

const instead: ReadonlySet<string> = new Set(['quarterdeck.chat.useModel', 'quarterdeck.providers.add']);

/** Every model that can be chosen, by provider: Auto, Claude's, those on this machine, then those elsewhere. */
export function modelGroups(
	claude: { readonly models: readonly ModelChoice[]; readonly obstacle: Obstacle | null },
	providers: readonly ProviderModels[],
	/** Whether a provider can download models. */
	canPull: (provider: string) => boolean = () => false,
): readonly ModelGroup[] {
	const auto = { provider: 'auto', label: 'Automatic', isLocal: false, problem: null, models: [autoChoice] };
	// The CLI is a provider for flows, too; a conversation talks to it itself.
	const others = providers
		.filter(entry => entry.provider.id !== 'claude' && !isUnused(entry))
		.map(entry => groupOf(entry, canPull));
	return [auto, claudeGroup(claude), ...others.toSorted((left, right) => Number(right.isLocal) - Number(left.isLocal))];
}

function claudeGroup({
	models,
	obstacle,
}: {
	readonly models: readonly ModelChoice[];
	readonly obstacle: Obstacle | null;
}): ModelGroup {
	const base = { provider: 'claude', label: 'Claude', isLocal: false };
	if (obstacle) {
		// What may be used instead stands in the same list.
		const actions = obstacle.actions.filter(({ command }) => !instead.has(command));
		return { ...base, problem: { text: obstacle.title, actions }, models: [] };
	}
	return { ...base, problem: null, models: models.length === 0 ? [defaultChoice] : models };
}

/** The editor's own models are always asked for; who has none of them misses nothing here. */
function isUnused(listed: ProviderModels): boolean {
	return listed.provider.id === 'vscode' && listed.state === 'ready' && listed.models.length === 0;
}

function groupOf(listed: ProviderModels, canPull: (provider: string) => boolean): ModelGroup {
	const { provider } = listed;
	const base = { provider: provider.id, label: provider.label, isLocal: provider.isLocal };
	if (listed.state === 'failed') {
		const { message, actions } = listed.error;
		return { ...base, problem: { text: withoutName(message, provider.label), actions }, models: [] };
	}
	if (listed.models.length === 0) {
		const actions = canPull(provider.id) ? [pullModel(provider.id)] : [testAgain(provider.id)];
		return { ...base, problem: { text: 'has no models yet.', actions }, models: [] };
	}
	return { ...base, problem: null, models: listed.models.map(model => choiceOfModel(provider.id, model)) };
}

/** A provider's model as the picker and the menu of efforts know it. */
export function choiceOfModel(provider: string, model: ProviderModel): ModelChoice {
	const efforts: readonly Effort[] = model.abilities.thinking === true ? ['default', 'low', 'medium', 'high'] : [];
	const { abilities, contextTokens } = model;
	const facts = [
		model.description,
		contextTokens === null ? '' : `${windowText(contextTokens)} context`,
		abilities.tools === false ? 'no tool calling of its own' : '',
		abilities.images === true ? 'sees images' : '',
	].filter(text => text !== '');
	return {
		value: modelRefText({ provider, model: model.id }),
		label: model.label,
		description: facts.join(', '),
		efforts,
	};
}
