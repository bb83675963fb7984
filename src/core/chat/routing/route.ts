import { formatCost, toNano, type NanoDollars } from '../../base/money';
import { modelRefText, parseModelRef, type ModelRef, type ProviderModel } from '../../providers/provider';
import type { RouteAsk, RoutedModel } from '../deps';
import { intentOf } from './intent';
import { whenText, type RoutingRule } from './rules';

/** A model that Auto may choose. */
export interface Candidate {
	/** As in a `ModelRef`. */
	readonly model: string;
	readonly isLocal: boolean;
	readonly isUp: boolean;
	readonly isClaude: boolean;
	readonly abilities: Pick<ProviderModel['abilities'], 'tools' | 'images'>;
	readonly contextTokens: number | null;
	/** How strong it is beside others of its kind: larger is stronger. */
	readonly strength: number;
}

/** What Auto knows when it chooses. */
export interface RouteFacts {
	readonly rules: readonly RoutingRule[];
	readonly candidates: readonly Candidate[];
	/** What the budgets leave; `null` without one. */
	readonly remaining: NanoDollars | null;
}

/** How one rule fared. */
export interface RuleTrace {
	readonly rule: string;
	readonly when: string;
	readonly isMatch: boolean;
	/** What it came to: `a follow-up: no`, `ollama/qwen3:8b is not running`. */
	readonly text: string;
}

/** A choice with everything that led to it. `chosen` is `null` when no rule found a model that is up. */
export interface RouteResult {
	readonly chosen: RoutedModel | null;
	readonly traces: readonly RuleTrace[];
	/** What Auto took the prompt for. */
	readonly prompt: string;
}

interface Prompt {
	readonly intent: 'act' | 'talk';
	readonly tokens: number;
	readonly hasImages: boolean;
	readonly isFollowUp: boolean;
}

const charactersPerToken = 3.5;
const pictureTokens = 1_200;

/** Applies the rules in their order: the first that holds and has a model that is up decides. */
export function route(ask: RouteAsk, facts: RouteFacts): RouteResult {
	const { intent, why } = intentOf(ask.text, ask.attachments);
	const images = ask.attachments.filter(({ kind }) => kind === 'image').length;
	const texts = ask.attachments.reduce((sum, item) => sum + ('text' in item ? item.text.length : 0), ask.text.length);
	const prompt: Prompt = {
		intent,
		tokens: Math.round((texts + ask.historyLength) / charactersPerToken) + images * pictureTokens,
		hasImages: images > 0,
		isFollowUp: ask.last !== null,
	};
	const traces: RuleTrace[] = [];
	let chosen: RoutedModel | null = null;
	const skipped: string[] = [];
	for (const rule of facts.rules) {
		const missed = missedCondition(rule, prompt, facts.remaining);
		const base = { rule: rule.name, when: whenText(rule) };
		if (chosen) traces.push({ ...base, isMatch: false, text: 'not looked at: an earlier rule decided' });
		else if (missed !== null) traces.push({ ...base, isMatch: false, text: missed });
		else {
			const pick = pickModel(rule, ask, prompt, facts.candidates);
			if (pick.model === null) {
				skipped.push(...pick.notes);
				traces.push({ ...base, isMatch: false, text: `it holds, but ${pick.notes.join('; ')}` });
				continue;
			}
			const fellBack = [...skipped, ...pick.notes];
			const instead = fellBack.length === 0 ? '' : ` (${fellBack.join('; ')})`;
			chosen = { model: pick.model, why: `${rule.name}${instead}` };
			traces.push({ ...base, isMatch: true, text: `chose ${modelName(pick.model)}${instead}` });
		}
	}
	const about = `about ${prompt.tokens.toLocaleString('en-US')} tokens`;
	const kind = intent === 'act' ? `work on the workspace (${why})` : `talk (${why})`;
	const parts = [
		kind,
		about,
		images > 0 ? `${images} picture${images === 1 ? '' : 's'}` : 'no pictures',
		prompt.isFollowUp ? 'a follow-up' : 'the first message',
	];
	return { chosen, traces, prompt: parts.join(', ') };
}

/** Why a rule does not hold; `null` when it does. */
function missedCondition({ when }: RoutingRule, prompt: Prompt, remaining: NanoDollars | null): string | null {
	if (when.followUp !== undefined && when.followUp !== prompt.isFollowUp)
		return when.followUp ? 'this is the first message' : 'this is a follow-up';
	if (when.intent !== undefined && when.intent !== prompt.intent)
		return `this is ${prompt.intent === 'act' ? 'work on the workspace' : 'talk'}`;
	if (when.images !== undefined && when.images !== prompt.hasImages)
		return when.images ? 'there are no pictures' : 'there are pictures';
	if (when.minTokens !== undefined && prompt.tokens < when.minTokens)
		return `these are about ${prompt.tokens.toLocaleString('en-US')} tokens`;
	if (when.budgetLeftUsd !== undefined) {
		if (remaining === null) return 'there is no budget';
		if (remaining > toNano(when.budgetLeftUsd)) return `${formatCost(remaining)} of the budget is left`;
	}
	return null;
}

interface Picked {
	readonly model: string | null;
	/** What was passed over, and why. */
	readonly notes: readonly string[];
}

function pickModel(rule: RoutingRule, ask: RouteAsk, prompt: Prompt, candidates: readonly Candidate[]): Picked {
	const notes: string[] = [];
	const fits = (candidate: Candidate): string | null => unfit(candidate, prompt);
	for (const wish of rule.use) {
		const found = candidatesFor(wish, ask, candidates);
		for (const candidate of found) {
			const why = fits(candidate);
			if (why === null) return { model: candidate.model, notes };
			notes.push(`${modelName(candidate.model)} ${why}`);
		}
		if (found.length === 0) notes.push(noneText(wish));
	}
	// A long list of what is down says no more than its beginning.
	return { model: null, notes: notes.slice(0, 3) };
}

function unfit(candidate: Candidate, prompt: Prompt): string | null {
	if (!candidate.isUp) return 'is not running';
	if (prompt.hasImages && candidate.abilities.images === false) return 'cannot see pictures';
	if (candidate.contextTokens !== null && candidate.contextTokens < prompt.tokens) return 'has too small a window';
	return null;
}

const noneTexts: Readonly<Record<string, string>> = {
	same: 'the model of before is no longer there',
	local: 'no model runs on this machine',
	strongest: 'no model with tools is set up',
	vision: 'no model that sees is set up',
	largest: 'no model says how large its window is',
};

function noneText(wish: string): string {
	return noneTexts[wish] ?? `${wish} is not set up`;
}

/** The models that a wish stands for, best first. */
function candidatesFor(wish: string, ask: RouteAsk, candidates: readonly Candidate[]): readonly Candidate[] {
	switch (wish) {
		case 'same':
			return candidates.filter(({ model }) => model === ask.last);
		case 'local':
			return byStrength(candidates.filter(({ isLocal }) => isLocal));
		case 'strongest':
			return byStrength(candidates.filter(({ abilities }) => abilities.tools !== false));
		case 'vision':
			return byStrength(candidates.filter(({ abilities }) => abilities.images === true));
		case 'largest':
			return candidates
				.filter(({ contextTokens }) => contextTokens !== null)
				.toSorted((left, right) => (right.contextTokens ?? 0) - (left.contextTokens ?? 0));
		default:
			return named(wish, candidates);
	}
}

/** A model by its name. Claude's are asked through the CLI, whichever of them it is. */
function named(wish: string, candidates: readonly Candidate[]): readonly Candidate[] {
	if (parseModelRef(wish).provider !== 'claude') return candidates.filter(({ model }) => model === wish);
	const { model } = parseModelRef(wish);
	return candidates.filter(({ isClaude }) => isClaude).map(claude => ({ ...claude, model }));
}

/** A model as a sentence names it: what the CLI is set to is Claude. */
export function modelName(model: string): string {
	if (parseModelRef(model).provider !== 'claude') return model;
	return model === 'default' ? 'Claude' : `Claude (${model})`;
}

/** Claude first, then what runs elsewhere, then what runs here; within each the stronger first. */
function byStrength(candidates: readonly Candidate[]): readonly Candidate[] {
	const rank = ({ isClaude, isLocal }: Candidate): number => (isClaude ? 2 : isLocal ? 0 : 1);
	return candidates.toSorted(
		(left, right) =>
			rank(right) - rank(left) || Number(right.isUp) - Number(left.isUp) || right.strength - left.strength,
	);
}

/** The models of one provider as candidates. */
export function candidatesOf(
	provider: { readonly id: string; readonly isLocal: boolean },
	models: readonly ProviderModel[],
	/** Of a provider with hundreds of models only those that the user named are taken. */
	named: ReadonlySet<string>,
): readonly Candidate[] {
	return models.flatMap(model => {
		const ref: ModelRef = { provider: provider.id, model: model.id };
		const text = modelRefText(ref);
		const isLocal = provider.isLocal && model.isRemote !== true;
		// The editor's own are few, and were set up by the user's sign-in to their extension.
		if (!isLocal && provider.id !== 'vscode' && !named.has(text)) return [];
		const { abilities, contextTokens, sizeBytes } = model;
		const strength = sizeBytes ?? contextTokens ?? 0;
		return [{ model: text, isLocal, isUp: true, isClaude: false, abilities, contextTokens, strength }];
	});
}
