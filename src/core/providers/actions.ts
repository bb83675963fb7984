import type { ErrorAction } from '../base/errors';

/** Asks a provider whether it is well, and shows what answered. */
export function testAgain(provider: string): ErrorAction {
	return { title: 'Test Again', command: 'quarterdeck.providers.test', args: [provider] };
}

/** Lets the user enter the key of a provider. */
export function setKey(provider: string): ErrorAction {
	return { title: 'Set Key', command: 'quarterdeck.providers.setKey', args: [provider] };
}

/** Downloads a model to an Ollama server. Without a model, the user names one. */
export function pullModel(provider: string, model?: string): ErrorAction {
	return {
		title: model === undefined ? 'Download a Model' : `Download ${model}`,
		command: 'quarterdeck.providers.pull',
		args: model === undefined ? [provider] : [provider, model],
	};
}

/** Opens a page in the browser. */
export function openPage(title: string, url: string): ErrorAction {
	return { title, command: 'quarterdeck.openUrl', args: [url] };
}
