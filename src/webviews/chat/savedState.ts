import type { ConversationId, ItemId } from '../../core/base/ids';
import type { AttachmentView } from '../../core/chat/items';
import type { WebviewApi } from '../shared/port';

/** What the page remembers over being hidden and reloaded: only what the user arranged. */
export interface Saved {
	readonly conversation: ConversationId | null;
	readonly draft: string;
	readonly attachments: readonly AttachmentView[];
	/** The row at the top of the view, unless the newest one is in view. */
	readonly topItem: ItemId | null;
	/** What was opened or closed against its default. */
	readonly open: Readonly<Record<string, boolean>>;
}

/** The view in a side bar, whose title bar has actions of its own, or an editor tab. */
export type Place = 'sidebar' | 'tab';

const nothing: Saved = { conversation: null, draft: '', attachments: [], topItem: null, open: {} };
/** Beyond this many characters of attachments the state is copied seldom, and whenever the page is hidden. */
const largeAttachments = 1_000_000;
const [paceMs, largePaceMs] = [150, 2_000];
const openLimit = 500;

/**
 * Keeps `Saved` in the webview's own state, written at most every 150 ms (with large attachments every 2 s) and when the
 * page is hidden.
 */
export class SavedState {
	readonly place: Place;
	#value: Saved;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isLarge = false;
	readonly #api: Pick<WebviewApi, 'getState' | 'setState'>;
	readonly #listeners = new Map<string, Set<() => void>>();

	constructor(api: Pick<WebviewApi, 'getState' | 'setState'>, place: Place = 'sidebar') {
		this.#api = api;
		this.place = place;
		const stored = api.getState();
		this.#value = typeof stored === 'object' && stored !== null ? { ...nothing, ...stored } : nothing;
		document.addEventListener('visibilitychange', () => this.flush());
		window.addEventListener('pagehide', () => this.flush());
	}

	get value(): Saved {
		return this.#value;
	}

	update(change: Partial<Saved>): void {
		this.#value = { ...this.#value, ...change };
		if (change.attachments) this.#isLarge = JSON.stringify(change.attachments).length > largeAttachments;
		this.#timer ??= setTimeout(() => this.flush(), this.#isLarge ? largePaceMs : paceMs);
	}

	/** Another conversation: what was arranged in the last one is forgotten. */
	enter(conversation: ConversationId): void {
		if (this.#value.conversation === conversation) return;
		this.update({ ...nothing, conversation });
		// A tab without a state would not come back after a reload, and one with an old one would come back as another.
		this.flush();
	}

	flush(): void {
		if (this.#timer === undefined) return;
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const kept = this.#value;
		// VS Code hands a tab's state to the host after a reload: the host knows the tab by its identity.
		this.#api.setState(this.place === 'tab' ? { ...kept, identity: kept.conversation } : kept);
	}

	isOpen(key: string, isOpenByDefault: boolean): boolean {
		return this.#value.open[key] ?? isOpenByDefault;
	}

	setOpen(key: string, isOpen: boolean): void {
		const entries = Object.entries(this.#value.open).filter(([other]) => other !== key);
		this.update({ open: Object.fromEntries([...entries, [key, isOpen] as const].slice(-openLimit)) });
		for (const listener of this.#listeners.get(key) ?? []) listener();
	}

	/** Calls `listener` when `key` is opened or closed. The result ends that. */
	onOpenChange(key: string, listener: () => void): () => void {
		const set = this.#listeners.get(key) ?? new Set();
		this.#listeners.set(key, set.add(listener));
		return () => {
			set.delete(listener);
			if (set.size === 0) this.#listeners.delete(key);
		};
	}
}
