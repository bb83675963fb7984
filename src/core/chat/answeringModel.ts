import { errorText } from '../base/errors';
import type { ConversationId } from '../base/ids';
import { familyOfModel } from './agentSession';
import type { ConversationDeps } from './deps';
import type { ItemStore } from './itemStore';
import type { ConversationView, UserItem } from './items';
import { routeAsk } from './routing/ask';
import type { TurnRunner } from './turnRunner';

export interface AnsweringPorts {
	readonly conversation: ConversationId;
	readonly deps: Pick<ConversationDeps, 'route' | 'describeModel' | 'log'>;
	readonly items: Pick<ItemStore, 'items'>;
	/** Is told why Auto chose the model of the running turn. */
	readonly runner: Pick<TurnRunner, 'setWhy'>;
	readonly view: (patch: Partial<ConversationView>) => void;
}

/** Which model answers a conversation: the one that the user chose, or the one that Auto chose for its newest prompt. */
export class AnsweringModel {
	readonly #ports: AnsweringPorts;
	#chosen: string;
	#answering: string;

	constructor(ports: AnsweringPorts, chosen: string) {
		this.#ports = ports;
		this.#chosen = chosen;
		this.#answering = chosen === 'auto' ? 'default' : chosen;
		this.describe();
	}

	/** As in a `ModelRef`; never `auto`. */
	get current(): string {
		return this.#answering;
	}

	/** The user chose another one, or `auto`. */
	choose(model: string): void {
		this.#chosen = model;
		if (model !== 'auto') this.#answering = model;
		this.describe();
	}

	/** Looks up what is known of the chosen model, for its label and its efforts. */
	describe(): void {
		const model = this.#chosen;
		if (familyOfModel(model) === 'cli') return;
		this.#ports.deps.describeModel(model).then(
			chosen => {
				if (this.#chosen === model) this.#ports.view({ chosen });
			},
			error => this.#ports.deps.log.debug(errorText(error)),
		);
	}

	/** Lets the rules choose who answers this prompt, where the user left it to them. */
	async route({ text, attachments, id }: UserItem): Promise<void> {
		if (this.#chosen !== 'auto') return;
		const { conversation, deps, items, view, runner } = this.#ports;
		view({ activity: 'Choosing a model' });
		const { model, why } = await deps.route(routeAsk(conversation, items.items, { text, attachments, id }));
		this.#answering = model;
		runner.setWhy(why);
	}
}
