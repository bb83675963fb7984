import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { WebSearchChoice } from '../../core/tools/ports';
import { askText } from '../host/askText';
import { setContext } from '../host/commands';
import type { Host } from '../host/context';

/** Where agents may search the web: the user's SearXNG server, else the service whose key they gave. */
export class WebSearch extends Owner {
	readonly #host: Pick<Host, 'settings' | 'secrets'>;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	/** Resolves once it is known whether there is a key. */
	readonly ready: Promise<void>;
	#hasKey = false;

	constructor(host: Pick<Host, 'settings' | 'secrets'>) {
		super();
		this.#host = host;
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('search.searxngUrl')) this.#update();
			}),
		);
		this.own(
			host.secrets.onDidChange(key => {
				if (key === 'search.key') void this.#readKey();
			}),
		);
		this.ready = this.#readKey();
	}

	get choice(): WebSearchChoice | null {
		const url = this.#host.settings.get('search.searxngUrl').trim();
		if (isServerAddress(url)) return { kind: 'searxng', url };
		return this.#hasKey ? { kind: 'brave', key: () => this.#host.secrets.get('search.key') } : null;
	}

	async #readKey(): Promise<void> {
		this.#hasKey = (await this.#host.secrets.get('search.key')) !== undefined;
		this.#update();
	}

	#update(): void {
		setContext('quarterdeck.canSearchWeb', this.choice !== null);
		this.#changed.fire();
	}
}

/** Asks the user where agents may search the web, and keeps the answer. */
export async function setUpWebSearch({ settings, secrets }: Pick<Host, 'settings' | 'secrets'>): Promise<void> {
	const server = {
		label: '$(server) SearXNG server',
		detail: 'A server of your own or one you trust; it must allow the format json.',
	};
	const key = { label: '$(key) Brave Search key', detail: 'Kept in the secret storage of VS Code.' };
	const off = { label: '$(circle-slash) No web search', detail: 'Agents are not offered one.' };
	const picked = await vscode.window.showQuickPick([server, key, off], { title: 'Where may agents search the web?' });
	if (picked === server) {
		const url = await askText({
			title: 'Address of the SearXNG server',
			value: settings.get('search.searxngUrl'),
			placeHolder: 'https://search.example.org',
			validateInput: text => (isServerAddress(text.trim()) ? undefined : 'Give an address with https:// or http://.'),
		});
		if (url !== undefined) await settings.set('search.searxngUrl', url.trim());
	} else if (picked === key) {
		const value = await askText({ title: 'Brave Search API key', password: true });
		if (value === undefined || value.trim() === '') return;
		await secrets.set('search.key', value.trim());
		await settings.set('search.searxngUrl', '');
	} else if (picked === off) {
		await secrets.delete('search.key');
		await settings.set('search.searxngUrl', '');
	}
}

function isServerAddress(text: string): boolean {
	return URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol);
}
