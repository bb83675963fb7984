import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';

const namesKey = 'flowSecrets';

/** What secrets of flows are called: flows name them, and hold no value. */
export const secretName = /^[A-Za-z][\w-]{0,63}$/;

/** Secrets that flows use by their names. The values lie in SecretStorage, the names beside it. */
export class FlowSecrets extends Owner {
	readonly #host: Host;
	readonly #changed = this.own(new Emitter<void>());
	/** Names came or went. */
	readonly onDidChange = this.#changed.event;

	constructor(host: Host) {
		super();
		this.#host = host;
		this.own(
			host.secrets.onDidChange(key => {
				if (key.startsWith('flow.secret.')) this.#changed.fire();
			}),
		);
	}

	/** Names that have a value. */
	get names(): readonly string[] {
		return this.#host.context.globalState.get<readonly string[]>(namesKey, []);
	}

	get(name: string): Promise<string | undefined> {
		return secretName.test(name) ? this.#host.secrets.get(`flow.secret.${name}`) : Promise.resolve(undefined);
	}

	async set(name: string, value: string): Promise<void> {
		const others = this.names.filter(other => other !== name);
		await this.#host.context.globalState.update(namesKey, value === '' ? others : [...others, name].sort());
		await this.#host.secrets.set(`flow.secret.${name}`, value);
	}

	/** Asks for a name, unless it is given, and for its value. */
	async ask(name?: string): Promise<void> {
		const chosen = name ?? (await this.#askName());
		if (chosen === undefined || !secretName.test(chosen)) return;
		const value = await askText({
			title: `Secret “${chosen}”`,
			prompt: 'Kept by VS Code’s secret storage. Flows name it and never hold it. Empty forgets it.',
			password: true,
		});
		if (value === undefined) return;
		await this.set(chosen, value);
		const done = value === '' ? `The secret “${chosen}” is forgotten.` : `The secret “${chosen}” is set.`;
		void vscode.window.showInformationMessage(unlinked(done));
	}

	async #askName(): Promise<string | undefined> {
		const other = { label: '$(add) New Secret…' };
		const known = this.names.map(label => ({ label }));
		const picked =
			known.length === 0
				? other
				: await vscode.window.showQuickPick([...known, other], { title: 'Secret of Flows', placeHolder: 'Which one?' });
		if (picked !== other) return picked?.label;
		return askText({
			title: 'New Secret',
			prompt: 'The name by which flows use it',
			validateInput: text => (secretName.test(text) ? undefined : 'Letters, digits, - and _; a letter first.'),
		});
	}
}
