import type { Clock } from '../base/clock';
import { asId, type ItemId, type StepId } from '../base/ids';
import type { NanoDollars } from '../base/money';
import type {
	ApiStreamEvent,
	ApiUsage,
	AssistantMessage,
	ContentBlock,
	StreamEventMessage,
	ToolResultBlock,
	ToolUseBlock,
	UserMessage,
} from '../claude/messages';
import { fromApiUsage, largerUsage } from '../claude/responseUsage';
import type { Usage } from '../ledger/events';
import type { ItemStore } from './itemStore';
import type { TextItem, ThinkingItem, ToolItem, ToolState } from './items';
import { callTitle, changedFile, resultDiff, resultText } from './toolText';
import type { Turn } from './turn';

/** Characters that are shown of the output of a call that still runs. */
const liveOutputLimit = 4_000;

/** One response of a model while it streams. */
interface Response {
	readonly id: string;
	readonly model: string;
	readonly parent: ItemId | null;
	/** Rows by the index of their block. */
	readonly rows: Map<number, ItemId>;
	/** Blocks that came whole, in `assistant` messages: their number is the index of the next one. */
	complete: number;
	usage: Usage | null;
	text: string;
}

export interface RowPorts {
	readonly items: ItemStore;
	readonly clock: Clock;
	/** Folder that relative paths of calls start from. */
	readonly cwd: string;
	/** What one response costs; `null` for a model without a price. */
	price(model: string, usage: Usage): NanoDollars | null;
}

/** Turns what the CLI says into rows of the conversation and steps of the execution. */
export class Rows {
	readonly #ports: RowPorts;
	/** The response that streams now, by sub-agent (`''` for the main loop). */
	readonly #streaming = new Map<string, Response>();
	readonly #responses = new Map<string, Response>();
	readonly #begun = new Map<ItemId, number>();

	constructor(ports: RowPorts) {
		this.#ports = ports;
	}

	/** Something the model streams. */
	stream(message: StreamEventMessage, turn: Turn): void {
		const parent = parentOf(message.parent_tool_use_id);
		const { event } = message;
		if (event.type === 'message_start') {
			const response = this.#response(event.message.id, event.message.model, parent, turn);
			this.#streaming.set(parent ?? '', response);
			this.#count(response, event.message.usage);
			return;
		}
		const response = this.#streaming.get(parent ?? '');
		if (!response) return;
		if (event.type === 'content_block_start') this.#blockStarted(response, event.index, event.content_block);
		else if (event.type === 'content_block_delta') this.#blockGrew(response, event);
		else if (event.type === 'content_block_stop') this.#finish(response.rows.get(event.index));
		else if (event.type === 'message_delta') this.#count(response, event.usage);
		else if (event.type === 'message_stop') this.#responseEnded(response, turn);
	}

	/** A whole block of a response. Of the main loop it repeats what was streamed; of a sub-agent it is all there is. */
	assistant(message: AssistantMessage, turn: Turn): void {
		const { id, model, content } = message.message;
		if (model === '<synthetic>') return;
		const parent = parentOf(message.parent_tool_use_id);
		const response = this.#response(id, model, parent, turn);
		for (const block of content) {
			const index = response.complete++;
			if (block.type === 'tool_use') this.#call(block, response, index, turn);
			else if (!response.rows.has(index)) {
				this.#blockStarted(response, index, block);
				this.#finish(response.rows.get(index));
			}
			if (block.type === 'text') response.text += block.text;
		}
		if (!this.#streaming.has(parent ?? '')) this.#responseEnded(response, turn);
	}

	/** Results of tools. Says for each call which file it changed, if it did. */
	results(message: UserMessage, turn: Turn): readonly { readonly toolUse: string; readonly changed: string | null }[] {
		const { content } = message.message;
		if (typeof content === 'string') return [];
		return content.flatMap(block =>
			block.type === 'tool_result'
				? [{ toolUse: block.tool_use_id, changed: this.#result(block, message.tool_use_result, turn) }]
				: [],
		);
	}

	/** Changes a tool's row; an unknown id changes nothing. */
	patchTool(id: ItemId, patch: Partial<Omit<ToolItem, 'id' | 'kind'>>): void {
		const item = this.#ports.items.get(id);
		if (item?.kind === 'tool') this.#ports.items.replace({ ...item, ...patch });
	}

	/** Shows what a sub-agent is doing on the row of its call. */
	showProgress(toolUse: string | undefined, progress: string): void {
		const item = toolUse === undefined ? undefined : this.#ports.items.get(asId<ItemId>(toolUse));
		if (item?.kind === 'tool') this.#ports.items.replace({ ...item, progress }, true);
	}

	/** Shows what a call that still runs has printed so far: its end, the whole comes with the result. */
	showOutput(toolUse: string, text: string): void {
		const item = this.#ports.items.get(asId<ItemId>(toolUse));
		if (item?.kind !== 'tool' || item.state !== 'running') return;
		const end = text.slice(-liveOutputLimit);
		this.#ports.items.replace({ ...item, output: end, outputTotal: end.length }, true);
	}

	/** Ends every row that still moves, because the turn is over. */
	settle(state: Extract<ToolState, 'stopped' | 'done'>): void {
		for (const item of this.#ports.items.items) {
			if ((item.kind === 'text' || item.kind === 'thinking') && item.isStreaming) this.#finish(item.id);
			if (item.kind === 'tool' && ['preparing', 'running', 'waiting'].includes(item.state))
				this.#ports.items.replace({ ...item, state, approval: null, duration: this.#took(item.id) });
		}
		this.#streaming.clear();
		this.#responses.clear();
	}

	#response(id: string, model: string, parent: ItemId | null, turn: Turn): Response {
		const known = this.#responses.get(id);
		if (known) return known;
		const response: Response = { id, model, parent, rows: new Map(), complete: 0, usage: null, text: '' };
		this.#responses.set(id, response);
		turn.stepStarted({
			step: asId<StepId>(id),
			parent: parent === null ? null : asId<StepId>(parent),
			kind: 'model',
			name: model,
			title: `Response of ${model}`,
			input: null,
		});
		return response;
	}

	#responseEnded(response: Response, turn: Turn): void {
		this.#streaming.delete(response.parent ?? '');
		turn.stepEnded(asId<StepId>(response.id), {
			status: 'succeeded',
			output: response.text === '' ? null : response.text,
			...(response.usage ? { usage: response.usage, cost: this.#ports.price(response.model, response.usage) } : {}),
		});
	}

	/** The first usage of a stream is a placeholder and each later one is cumulative, so the largest counts. */
	#count(response: Response, usage: ApiUsage | undefined): void {
		if (!usage) return;
		const read = fromApiUsage(usage);
		response.usage = response.usage ? largerUsage(response.usage, read) : read;
	}

	#blockStarted(response: Response, index: number, block: ContentBlock): void {
		const id = block.type === 'tool_use' ? asId<ItemId>(block.id) : asId<ItemId>(`${response.id}:${index}`);
		const base = { id, at: this.#ports.clock.now(), parent: response.parent };
		if (block.type === 'text')
			this.#begin(response, index, { ...base, kind: 'text', text: block.text, isStreaming: true });
		else if (block.type === 'thinking')
			this.#begin(response, index, {
				...base,
				kind: 'thinking',
				text: block.thinking,
				isStreaming: true,
				duration: null,
			});
		else if (block.type === 'tool_use') this.#begin(response, index, newTool(base, block, 'preparing'));
	}

	#begin(response: Response, index: number, item: TextItem | ThinkingItem | ToolItem): void {
		response.rows.set(index, item.id);
		this.#begun.set(item.id, this.#ports.clock.monotonic());
		this.#ports.items.add(item);
	}

	#blockGrew(response: Response, event: Extract<ApiStreamEvent, { type: 'content_block_delta' }>): void {
		const row = response.rows.get(event.index);
		if (row === undefined) return;
		if (event.delta.type === 'text_delta') this.#ports.items.appendText(row, event.delta.text);
		else if (event.delta.type === 'thinking_delta') this.#ports.items.appendText(row, event.delta.thinking);
	}

	#finish(id: ItemId | undefined): void {
		const item = id === undefined ? undefined : this.#ports.items.get(id);
		if (item?.kind !== 'text' && item?.kind !== 'thinking') return;
		if (!item.isStreaming) return;
		if (item.text.trim() === '') this.#ports.items.remove(item.id);
		else if (item.kind === 'text') this.#ports.items.replace({ ...item, isStreaming: false });
		else this.#ports.items.replace({ ...item, isStreaming: false, duration: this.#took(item.id) });
	}

	#call(block: ToolUseBlock, response: Response, index: number, turn: Turn): void {
		const id = asId<ItemId>(block.id);
		const existing = this.#ports.items.get(id);
		if (existing?.kind === 'tool') {
			const state = existing.state === 'preparing' ? 'running' : existing.state;
			this.#ports.items.replace({ ...existing, input: block.input, state });
		} else
			this.#begin(
				response,
				index,
				newTool({ id, at: this.#ports.clock.now(), parent: response.parent }, block, 'running'),
			);
		turn.stepStarted({
			step: asId<StepId>(block.id),
			parent: response.parent === null ? null : asId<StepId>(response.parent),
			kind: 'tool',
			name: block.name,
			title: callTitle(block.name, block.input),
			input: JSON.stringify(block.input),
		});
	}

	#result(block: ToolResultBlock, structured: unknown, turn: Turn): string | null {
		const id = asId<ItemId>(block.tool_use_id);
		const item = this.#ports.items.get(id);
		const text = resultText(block.content);
		const isFailed = block.is_error === true;
		const isRefused = item?.kind === 'tool' && item.state === 'refused';
		// Stopped while it waited for a person: what the CLI then writes is meant for the model.
		const isStopped = isFailed && item?.kind === 'tool' && item.state === 'stopped';
		const status = isRefused ? 'refused' : isStopped ? 'stopped' : isFailed ? 'failed' : 'succeeded';
		turn.stepEnded(asId<StepId>(block.tool_use_id), { status, output: isStopped ? null : text });
		if (item?.kind !== 'tool' || isStopped) return null;
		this.#ports.items.replace({
			...item,
			state: isRefused ? 'refused' : isFailed ? 'failed' : 'done',
			output: text,
			outputTotal: text.length,
			diff: isFailed ? item.diff : (resultDiff(structured) ?? item.diff),
			approval: null,
			duration: this.#took(id),
		});
		const file = isFailed ? undefined : changedFile(item.tool, item.input, this.#ports.cwd);
		if (file === undefined) return null;
		turn.changedFiles.add(file);
		return file;
	}

	#took(id: ItemId): number | null {
		const begun = this.#begun.get(id);
		return begun === undefined ? null : Math.round(this.#ports.clock.monotonic() - begun);
	}
}

function newTool(
	base: { readonly id: ItemId; readonly at: number; readonly parent: ItemId | null },
	block: ToolUseBlock,
	state: ToolState,
): ToolItem {
	return {
		...base,
		kind: 'tool',
		tool: block.name,
		input: block.input,
		state,
		output: null,
		outputTotal: 0,
		diff: null,
		approval: null,
		decision: null,
		duration: null,
	};
}

function parentOf(id: string | null): ItemId | null {
	return id === null ? null : asId<ItemId>(id);
}
