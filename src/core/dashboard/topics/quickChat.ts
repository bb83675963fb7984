import { defineAction, defineTopic, recordOf, textOf } from '../topic';

/** One side of a short exchange. */
export interface QuickTurn {
	readonly who: 'user' | 'model';
	readonly text: string;
	readonly state: 'done' | 'streaming' | 'stopped' | 'failed';
	/** Why it failed, as a sentence. */
	readonly error: string | null;
}

export interface QuickChatView {
	readonly turns: readonly QuickTurn[];
	readonly isBusy: boolean;
	/** `ollama/qwen3:8b`: who answers next; `null` when nobody is there. */
	readonly model: string | null;
}

export const longestPrompt = 20_000;

// Types, not interfaces: they travel as JSON.
/* oxlint-disable typescript/consistent-type-definitions */
export type QuickChatParams = {
	/** The widget: each has an exchange of its own. */
	readonly widget: string;
	/** As its settings have it; '' for the model that is at hand. */
	readonly model: string;
};
export type QuickAsk = QuickChatParams & { readonly text: string; readonly system: string };
/* oxlint-enable typescript/consistent-type-definitions */

function paramsOf(params: unknown): QuickChatParams {
	const { widget, model } = recordOf(params);
	return { widget: textOf(widget, 100), model: textOf(model, 200) };
}

export const quickChatTopic = defineTopic<QuickChatParams, QuickChatView>({ name: 'quickChat', read: paramsOf });

/** Asks; what comes is told by the topic. */
export const askQuickly = defineAction<QuickAsk>({
	name: 'quickChat.ask',
	read: params => {
		const { text, system } = recordOf(params);
		return { ...paramsOf(params), text: textOf(text, longestPrompt), system: textOf(system, longestPrompt) };
	},
});

export const stopQuickChat = defineAction<{ readonly widget: string }>({
	name: 'quickChat.stop',
	read: params => ({ widget: textOf(recordOf(params)['widget'], 100) }),
});

/** Forgets the exchange. */
export const clearQuickChat = defineAction<{ readonly widget: string }>({
	name: 'quickChat.clear',
	read: params => ({ widget: textOf(recordOf(params)['widget'], 100) }),
});

/** Lets the user choose who answers; `null` when they do not. */
export const chooseQuickModel = defineAction<null, string | null>({ name: 'quickChat.choose', read: () => null });
