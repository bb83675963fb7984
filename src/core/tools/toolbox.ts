import { Emitter, type Event } from '../base/event';
import { Owner, toDisposable, type Disposable } from '../base/lifecycle';
import type { Tool } from './tool';

/** Brings tools that may come and go: the built-in ones, each MCP server, the flows. */
export interface ToolSource {
	readonly tools: () => readonly Tool[];
	readonly onDidChange?: Event<void>;
}

/** Every tool that a model may be offered, by name. The first source that brings a name keeps it. */
export class Toolbox extends Owner {
	readonly #sources = new Set<ToolSource>();
	readonly #changed = this.own(new Emitter<void>());
	/** Fires when the list may be another one. */
	readonly onDidChange = this.#changed.event;

	/** Adds a source until the returned handle is disposed. */
	add(source: ToolSource): Disposable {
		this.#sources.add(source);
		const listening = source.onDidChange?.(() => this.#changed.fire());
		this.#changed.fire();
		return toDisposable(() => {
			listening?.dispose();
			if (this.#sources.delete(source)) this.#changed.fire();
		});
	}

	list(): readonly Tool[] {
		const byName = new Map<string, Tool>();
		for (const source of this.#sources)
			for (const tool of source.tools()) if (!byName.has(tool.name)) byName.set(tool.name, tool);
		return [...byName.values()];
	}

	find(name: string): Tool | undefined {
		return this.list().find(tool => tool.name === name);
	}
}
