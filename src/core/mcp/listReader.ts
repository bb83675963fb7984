import type { AnySchema, SchemaOutput } from '@modelcontextprotocol/sdk/server/zod-compat.js';
import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod/mini';
import { Sequencer } from '../base/async';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type { ListName } from './clientHandlers';
import { toPrompt, toResource, toTemplate, toTool, type ServerResource, type ServerTool } from './lists';
import type { McpPromptView, McpResourceTemplateView } from './protocol';
import type { ServerLog } from './serverLog';

/** What a server offers. */
export interface ServerLists {
	readonly tools: readonly ServerTool[];
	readonly resources: readonly ServerResource[];
	readonly templates: readonly McpResourceTemplateView[];
	readonly prompts: readonly McpPromptView[];
}

export interface ListReaderOptions {
	readonly capabilities: ServerCapabilities;
	readonly clock: Clock;
	readonly log: ServerLog;
	readonly request: <T extends AnySchema>(
		method: string,
		params: Readonly<Record<string, unknown>>,
		schema: T,
	) => Promise<SchemaOutput<T>>;
	readonly onChange: () => void;
}

/** A server that pages for ever must not fill the memory. */
const maxEntries = 10_000;
const maxPages = 200;
/** Servers tell each of many changes; the list is read once for all of them. */
const settleMs = 100;

/** Reads the lists of a server, and again when they change. Entries that are malformed are left out, and said so. */
export class ListReader implements Disposable {
	readonly #options: ListReaderOptions;
	readonly #sequencer = new Sequencer();
	readonly #waiting = new Map<ListName, { readonly done: Promise<void>; readonly timer: Disposable }>();
	#lists: ServerLists = { tools: [], resources: [], templates: [], prompts: [] };

	constructor(options: ListReaderOptions) {
		this.#options = options;
	}

	get lists(): ServerLists {
		return this.#lists;
	}

	/** One after another: the first one may need a sign-in, which the others then have. */
	async readAll(): Promise<void> {
		for (const list of ['tools', 'resources', 'prompts'] as const) await this.#read(list);
	}

	/** Reads one list again, a moment later, and tells of it. */
	reread(list: ListName): Promise<void> {
		const waiting = this.#waiting.get(list);
		if (waiting) return waiting.done;
		let timer: Disposable | undefined;
		const settled = new Promise<void>(resolve => (timer = this.#options.clock.after(settleMs, resolve)));
		const done = settled.then(async () => {
			this.#waiting.delete(list);
			await this.#sequencer.run(() => this.#read(list));
			this.#options.onChange();
		});
		if (timer) this.#waiting.set(list, { done, timer });
		return done;
	}

	dispose(): void {
		for (const { timer } of this.#waiting.values()) timer.dispose();
		this.#waiting.clear();
	}

	async #read(list: ListName): Promise<void> {
		if (this.#options.capabilities[list] === undefined) return;
		if (list === 'tools') {
			const tools = await this.#pages('tools/list', 'tools', toTool);
			this.#lists = { ...this.#lists, tools: unique(tools, tool => tool.name) };
		} else if (list === 'prompts') {
			const prompts = await this.#pages('prompts/list', 'prompts', toPrompt);
			this.#lists = { ...this.#lists, prompts: unique(prompts, prompt => prompt.name) };
		} else {
			const [resources, templates] = await Promise.all([
				this.#pages('resources/list', 'resources', toResource),
				// Many servers with resources do not know this request; that they have no templates is the answer.
				this.#pages('resources/templates/list', 'resourceTemplates', toTemplate).catch(() => []),
			]);
			this.#lists = { ...this.#lists, resources: unique(resources, ({ uri }) => uri), templates };
		}
	}

	async #pages<T>(method: string, key: string, read: (entry: unknown) => T | undefined): Promise<readonly T[]> {
		const schema = z.looseObject({ [key]: z.array(z.unknown()), nextCursor: z.optional(z.nullable(z.string())) });
		const entries: T[] = [];
		const seen = new Set<string>();
		let bad = 0;
		let cursor: string | undefined;
		for (let page = 0; page < maxPages && entries.length < maxEntries; page++) {
			const answer = (await this.#options.request(method, cursor === undefined ? {} : { cursor }, schema)) as Readonly<
				Record<string, unknown>
			>;
			for (const given of answer[key] as readonly unknown[]) {
				const entry = read(given);
				if (entry === undefined) bad++;
				else entries.push(entry);
			}
			const next = answer['nextCursor'];
			if (typeof next !== 'string' || next === '' || seen.has(next)) break;
			seen.add(next);
			cursor = next;
		}
		if (bad > 0) this.#options.log.line('hub', `${bad} malformed entries of ${method} were left out.`, 'warning');
		return entries.slice(0, maxEntries);
	}
}

/** The first entry of each name: two of one name could not be told apart in a call. */
function unique<T>(entries: readonly T[], nameOf: (entry: T) => string): readonly T[] {
	const seen = new Set<string>();
	return entries.filter(entry => {
		const name = nameOf(entry);
		if (seen.has(name)) return false;
		seen.add(name);
		return true;
	});
}
