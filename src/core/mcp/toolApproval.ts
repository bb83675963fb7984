import { errorText } from '../base/errors';
import { Emitter } from '../base/event';
import { Owner } from '../base/lifecycle';
import type { ServerTool } from './lists';
import type { McpAsker, McpPorts } from './ports';
import type { McpToolTrust } from './protocol';
import { judgeTools, type ToolVerdict } from './toolTrust';

/** Which of a server's tools the user has taken as they are, and the question about those that changed. */
export class ToolApproval extends Owner {
	readonly #asker: McpAsker;
	readonly #ports: McpPorts;
	readonly #changed = this.own(new Emitter<void>());
	readonly #end = new AbortController();
	#verdict: ToolVerdict | undefined;
	/** The list was taken for the first time in this session: a server may still be adding to it. */
	#isNew = false;
	#asking: string | undefined;
	#declined: string | undefined;

	/** Another tool may be offered. */
	readonly onDidChange = this.#changed.event;

	constructor(asker: McpAsker, ports: McpPorts) {
		super();
		this.#asker = asker;
		this.#ports = ports;
	}

	trustOf(tool: string): McpToolTrust {
		return this.#verdict?.trust.get(tool) ?? 'added';
	}

	/** Compares the tools with what was approved, and asks about what changed unless the user has just declined it. */
	judge(tools: readonly ServerTool[]): void {
		const { choices } = this.#ports;
		const { serverId } = this.#asker;
		const known = choices.get(serverId).tools;
		this.#isNew ||= known === undefined;
		const verdict = judgeTools(tools, known, this.#isNew);
		this.#verdict = verdict;
		if (verdict.changes.length > 0) this.#ask(verdict);
		else if (known === undefined || Object.keys(verdict.accepted).length > Object.keys(known).length)
			this.#keep(verdict);
	}

	/** Asks once more about what was declined. */
	async review(tools: readonly ServerTool[]): Promise<void> {
		this.#declined = undefined;
		this.judge(tools);
		await this.#answered;
	}

	override dispose(): void {
		this.#end.abort();
		super.dispose();
	}

	#answered: Promise<void> = Promise.resolve();

	#ask(verdict: ToolVerdict): void {
		const key = JSON.stringify(verdict.changes);
		if (key === this.#asking || key === this.#declined) return;
		this.#asking = key;
		const { log, confirmChangedTools } = this.#ports;
		this.#answered = confirmChangedTools(this.#asker, verdict.changes, this.#end.signal).then(
			isAccepted => {
				// Meanwhile the server may have changed them again; then that is what is asked about.
				if (this.isDisposed || this.#asking !== key) return;
				this.#asking = undefined;
				if (!isAccepted) {
					this.#declined = key;
					return;
				}
				const names = [...verdict.trust.keys()];
				this.#verdict = { ...verdict, changes: [], trust: new Map(names.map(name => [name, 'approved'])) };
				this.#keep(verdict);
				this.#changed.fire();
			},
			(error: unknown) => {
				if (this.#asking === key) this.#asking = undefined;
				if (!this.isDisposed) log.warn(`The question about changed MCP tools failed: ${errorText(error)}`);
			},
		);
	}

	#keep(verdict: ToolVerdict): void {
		const { choices, log } = this.#ports;
		const { serverId } = this.#asker;
		choices.set(serverId, { ...choices.get(serverId), tools: verdict.accepted }).catch((error: unknown) => {
			log.error(`What was approved of an MCP server could not be kept: ${errorText(error)}`);
		});
	}
}
