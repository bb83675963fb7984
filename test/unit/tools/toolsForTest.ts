import { toDisposable } from '../../../src/core/base/lifecycle';
import type { Clock } from '../../../src/core/base/clock';
import type { Tool, ToolContext } from '../../../src/core/tools/tool';
import { textResult } from '../../../src/core/tools/tool';

/** A clock that stands until it is told to go on. */
export class StandingClock implements Clock {
	#now = 1_000_000;
	readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

	now(): number {
		return this.#now;
	}

	monotonic(): number {
		return this.#now;
	}

	after(ms: number, run: () => void): { dispose(): void } {
		const timer = { at: this.#now + ms, run };
		this.#timers.add(timer);
		return toDisposable(() => this.#timers.delete(timer));
	}

	get waiting(): number {
		return this.#timers.size;
	}

	advance(ms: number): void {
		this.#now += ms;
		for (const timer of [...this.#timers].sort((left, right) => left.at - right.at)) {
			if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
			timer.run();
		}
	}
}

/** A tool that answers `ok`, unless told otherwise. */
export function toolForTest(more: Partial<Tool> & { readonly name: string }): Tool {
	return {
		title: more.name,
		description: 'A tool.',
		schema: { type: 'object', properties: {} },
		source: 'Test',
		run: async () => textResult('ok'),
		...more,
	};
}

/** A context for running a tool by hand. */
export function contextForTest(cwd: string, more: Partial<ToolContext> = {}): ToolContext {
	return {
		cwd,
		conversation: null,
		execution: null,
		signal: new AbortController().signal,
		onProgress: () => undefined,
		...more,
	};
}

/** All text of a result. */
export function textOf(result: { readonly content: readonly { readonly type: string }[] }): string {
	return result.content
		.map(part => ('text' in part && typeof part.text === 'string' ? part.text : `[${part.type}]`))
		.join('\n');
}
