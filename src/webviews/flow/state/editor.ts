import { errorText, ExpectedError, type ErrorAction } from '../../../core/base/errors';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type {
	CompareMarks,
	EditorSnapshot,
	FlowEditorContract,
	HostOffer,
	ProblemView,
} from '../../../core/flow/editorProtocol';
import type { Breakpoint } from '../../../core/flow/engine/events';
import { emptyFlow, type Flow, type FlowLimits, type NodeId } from '../../../core/flow/model/flow';
import type { FlowOp } from '../../../core/flow/model/ops';
import type { TriggerView } from '../../../core/flow/triggers/triggerView';
import type { Client } from '../../../core/rpc/rpc';
import { GraphIndex } from '../graph/graphIndex';
import { Catalog } from './catalog';
import { RunState } from './runs';
import { noSelection, pruned, selectOnly, type Selection } from './selection';
import { Store } from './store';
import { SyncPage } from '../../../core/flow/model/syncPage';
import { initialUi, savedUi, type Ui } from './ui';
import { savedView, type View } from './view';

type Requests = FlowEditorContract['requests'];

/** What the page shows of the document beside the run and the selection. */
export interface Doc {
	readonly phase: 'loading' | 'ready' | 'failed';
	readonly flow: Flow;
	/** Grows with every change of the flow, the node types or their ports. */
	readonly revision: number;
	readonly mode: EditorSnapshot['mode'];
	readonly reason: string | null;
	readonly textError: EditorSnapshot['textError'];
	readonly file: string;
	readonly isTrusted: boolean;
	readonly problems: readonly ProblemView[];
	readonly compare: CompareMarks | null;
	readonly breakpoints: readonly Breakpoint[];
	readonly pins: ReadonlySet<NodeId>;
	readonly triggers: ReadonlyMap<NodeId, TriggerView>;
	readonly caps: FlowLimits;
	readonly keys: EditorSnapshot['keys'];
	readonly offers: ReadonlySet<HostOffer>;
}

export interface Failure {
	readonly text: string;
	readonly actions: readonly ErrorAction[];
}

const loading: Doc = {
	phase: 'loading',
	flow: emptyFlow('', ''),
	revision: 0,
	mode: 'readonly',
	reason: null,
	textError: null,
	file: '',
	isTrusted: true,
	problems: [],
	compare: null,
	breakpoints: [],
	pins: new Set(),
	triggers: new Map(),
	caps: {},
	keys: 'page',
	offers: new Set(),
};

/** The editor of one flow: what is shown, what is selected, and the one way to change anything. */
export class Editor implements Disposable {
	readonly doc = new Store<Doc>(loading);
	readonly selection = new Store<Selection>(noSelection);
	readonly ui: Store<Ui>;
	readonly view = new Store<View>({ x: 0, y: 0, zoom: 1 });
	readonly failure = new Store<Failure | null>(null);
	/** What screen readers are told. */
	readonly spoken = new Store('');
	readonly runs = new RunState();
	readonly index = new GraphIndex();
	readonly catalog: Catalog;
	readonly client: Client<FlowEditorContract>;
	readonly #store = new DisposableStore();
	#sync: SyncPage | undefined;
	/** Where an earlier page of this tab looked. */
	readonly savedView: View | null;

	constructor(client: Client<FlowEditorContract>, saved?: unknown) {
		this.client = client;
		this.ui = new Store<Ui>({ ...initialUi, ...savedUi(saved) });
		this.savedView = savedView(saved);
		this.catalog = new Catalog(
			nodes => client.call('ports', { nodes }),
			() => this.#refresh(),
		);
		this.#listen();
	}

	get flow(): Flow {
		return this.doc.get().flow;
	}

	get canEdit(): boolean {
		const { mode, textError, phase } = this.doc.get();
		return phase === 'ready' && mode === 'edit' && textError === null;
	}

	has(offer: HostOffer): boolean {
		return this.doc.get().offers.has(offer);
	}

	async open(): Promise<void> {
		try {
			this.#show(await this.client.call('open', null));
		} catch (error) {
			this.fail(error);
			this.doc.patch({ phase: 'failed' });
		}
	}

	/** One gesture: shown at once, told to the host as one batch, one step of undo. */
	apply(label: string, ops: readonly FlowOp[]): boolean {
		if (!this.canEdit || ops.length === 0) return false;
		this.#sync?.change(ops, label);
		return true;
	}

	select(ids: Iterable<NodeId>, current?: NodeId | null): void {
		this.selection.set(selectOnly(ids, current));
	}

	/** Hides the nodes of groups behind a card each, or shows them again. */
	fold(groups: Iterable<string>, isFolded: boolean): void {
		const folded = new Set(this.ui.get().folded);
		for (const id of groups) {
			if (isFolded) folded.add(id);
			else folded.delete(id);
		}
		this.ui.patch({ folded: [...folded].filter(id => Object.hasOwn(this.flow.groups, id)) });
		this.#fold();
		this.doc.patch({ revision: this.doc.get().revision + 1 });
	}

	say(text: string): void {
		// The same words twice are heard twice only when the text differs.
		this.spoken.update(before => (before === text ? `${text}\u00a0` : text));
	}

	/** Calls the host for a user's gesture; a failure is shown on the page. */
	async attempt<K extends keyof Requests>(
		name: K,
		params: Requests[K]['params'],
	): Promise<Requests[K]['result'] | undefined> {
		try {
			return await this.client.call(name, params, Infinity);
		} catch (error) {
			this.fail(error);
			return undefined;
		}
	}

	fail(error: unknown): void {
		this.failure.set({ text: errorText(error), actions: error instanceof ExpectedError ? error.actions : [] });
	}

	dispose(): void {
		this.runs.dispose();
		this.#store.dispose();
	}

	#show(snapshot: EditorSnapshot): void {
		this.catalog.setTypes(snapshot.catalog);
		this.#sync = new SyncPage(
			snapshot,
			(base, { ops, label }) => this.client.call('apply', { base, ops, label }, Infinity),
			{ flow: flow => this.#take(flow), failure: error => this.fail(error), gap: () => void this.#catchUp() },
		);
		this.index.update(snapshot.flow, this.catalog, true);
		this.#fold(snapshot.flow);
		const { flow, mode, reason, textError, file, isTrusted, problems, compare, breakpoints, caps, keys } = snapshot;
		const pins = new Set(snapshot.pins);
		const offers = new Set(snapshot.offers);
		const triggers = triggersById(snapshot.triggers);
		const fields = { flow, mode, reason, textError, file, isTrusted, problems, compare, breakpoints, caps, keys };
		this.doc.set({ ...fields, phase: 'ready', pins, triggers, offers, revision: this.doc.get().revision + 1 });
		this.runs.show(snapshot.run);
	}

	/** A change was lost on the way: asks for the whole flow. */
	async #catchUp(): Promise<void> {
		const snapshot = await this.attempt('open', null);
		if (snapshot) this.#sync?.take(snapshot.version, { flow: snapshot.flow });
	}

	#take(flow: Flow): void {
		this.index.update(flow, this.catalog);
		this.#fold(flow);
		this.selection.update(now =>
			pruned(
				now,
				id => this.index.box(id) !== undefined,
				text => this.index.edge(text) !== undefined,
			),
		);
		this.doc.patch({ flow, revision: this.doc.get().revision + 1 });
	}

	/** Node types or ports have changed, the document has not. */
	#refresh(): void {
		this.index.update(this.flow, this.catalog, true);
		this.#fold();
		this.doc.patch({ revision: this.doc.get().revision + 1 });
	}

	#fold(flow = this.flow): void {
		this.index.fold(flow.groups, new Set(this.ui.get().folded));
	}

	#listen(): void {
		const { client } = this;
		const on: typeof client.on = (name, listener) => this.#store.add(client.on(name, listener));
		on('changed', change => {
			if ('compare' in change) this.doc.patch({ compare: change.compare ?? null });
			this.#sync?.take(change.version, change);
		});
		on('textError', textError => this.doc.patch({ textError }));
		on('mode', mode => this.doc.patch(mode));
		on('catalog', types => {
			this.catalog.setTypes(types);
			this.#refresh();
		});
		on('portsChanged', () => {
			this.catalog.forgetPorts();
			this.#refresh();
		});
		on('problems', problems => this.doc.patch({ problems }));
		on('breakpoints', breakpoints => this.doc.patch({ breakpoints }));
		on('pins', pins => this.doc.patch({ pins: new Set(pins) }));
		on('triggers', triggers => this.doc.patch({ triggers: triggersById(triggers) }));
		on('run', run => this.runs.show(run));
		on('runChanged', change => this.runs.change(change));
		on('runs', list => this.runs.list.set(list));
	}
}

function triggersById(triggers: readonly TriggerView[]): ReadonlyMap<NodeId, TriggerView> {
	return new Map(triggers.map(trigger => [trigger.node, trigger]));
}
