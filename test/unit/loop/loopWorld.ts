import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/core/base/clock';
import { silentLogger } from '../../../src/core/base/logger';
import type { Conversation } from '../../../src/core/chat/conversation';
import { LoopGate } from '../../../src/core/chat/loop/loopGate';
import { LoopSession } from '../../../src/core/chat/loop/loopSession';
import type { LoopLimits, LoopPorts } from '../../../src/core/chat/loop/ports';
import type { ChatItem } from '../../../src/core/chat/items';
import type { ModelRef } from '../../../src/core/providers/provider';
import { textResult, type Tool } from '../../../src/core/tools/tool';
import { Toolbox } from '../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../src/core/tools/toolRunner';
import { World } from '../../fakes/conversationWorld';
import type { ScriptedProvider } from '../../fakes/scriptedProvider';
import { gateForTest } from '../safety/gateForTest';

const fileArgument = {
	type: 'object',
	properties: { file_path: { type: 'string' } },
	required: ['file_path'],
	additionalProperties: false,
} as const;

/** A tool that reads (GREEN), under the name that the table has for it. */
export function readTool(
	run: Tool['run'] = async input => textResult(`content of ${String(input['file_path'])}`),
): Tool {
	return {
		name: 'quarterdeck_read_file',
		title: 'Read file',
		description: 'Reads a file.',
		schema: fileArgument,
		source: 'Quarterdeck',
		run,
	};
}

/** A tool that writes (YELLOW). */
export function writeTool(
	run: Tool['run'] = async () => ({ ...textResult('written'), diff: '@@ -0,0 +1,1 @@\n+x' }),
): Tool {
	return {
		name: 'quarterdeck_write_file',
		title: 'Write file',
		description: 'Writes a file.',
		schema: {
			type: 'object',
			properties: { file_path: { type: 'string' }, content: { type: 'string' } },
			required: ['file_path', 'content'],
		},
		source: 'Quarterdeck',
		run,
	};
}

/** A window's conversations whose models are scripted providers, with the real gate and tool runner. */
export class LoopWorld extends World {
	readonly toolbox = new Toolbox();
	readonly providers: readonly ScriptedProvider[];
	readonly gate: ReturnType<typeof gateForTest>;
	limits: LoopLimits = { maxSteps: 40, maxMinutes: 30, maxCost: 0 };
	fallbacks: readonly ModelRef[] = [];
	folder = '';
	readonly beforeTools: string[] = [];

	constructor(providers: readonly ScriptedProvider[], tools: readonly Tool[] = [readTool(), writeTool()]) {
		super();
		this.providers = providers;
		this.toolbox.add({ tools: () => tools });
		this.gate = gateForTest({ context: { workspaceFolders: ['/project'] } });
		this.gate.approvals.onDidAdd(view => {
			for (const open of this.conversations.live) open.approvals.added(view);
		});
		this.gate.approvals.onDidEnd(end => {
			for (const open of this.conversations.live) open.approvals.ended(end);
		});
		onTestFinished(() => {
			this.gate.approvals.dispose();
			this.toolbox.dispose();
		});
		this.start = (options, handlers) => LoopSession.start(this.ports(), options, handlers);
	}

	async prepare(): Promise<void> {
		this.folder = await mkdtemp(join(tmpdir(), 'loop-'));
		onTestFinished(async () => {
			await this.conversations.closeAll();
			await rm(this.folder, { recursive: true, force: true });
		});
	}

	ports(): LoopPorts {
		const gate = new LoopGate({ gate: this.gate.gate, settled: async () => undefined });
		return {
			clock: systemClock,
			log: silentLogger,
			folder: this.folder,
			providers: {
				find: id => this.providers.find(provider => provider.id === id),
				model: async ref => {
					const models = await this.providers.find(provider => provider.id === ref.provider)?.models();
					return models?.find(found => found.id === ref.model) ?? null;
				},
				fallbacks: () => this.fallbacks,
				price: ref =>
					this.providers.find(provider => provider.id === ref.provider)?.isLocal
						? { cost: 0, basis: 'reported' }
						: { cost: 1_000_000, basis: 'priced' },
			},
			toolbox: this.toolbox,
			runner: new ToolRunner({ toolbox: this.toolbox, gate, clock: systemClock }),
			gate,
			limits: () => this.limits,
			remainingBudget: async () => this.remaining,
			platform: 'linux',
		};
	}

	/** A conversation with a model. */
	async open(model = `${this.providers[0]?.id ?? ''}/small`): Promise<Conversation> {
		await this.prepare();
		const conversation = await this.conversations.create();
		await conversation.setModel(model);
		return conversation;
	}
}

/** Sends a prompt and waits until its turn is over. */
export async function ask(conversation: Conversation, text: string): Promise<void> {
	conversation.send(text, []);
	await idle(conversation);
}

export async function idle(conversation: Conversation): Promise<void> {
	await vi.waitFor(
		() => {
			if (conversation.isBusy) throw new Error(`busy: ${conversation.view.activity}`);
		},
		{ interval: 5 },
	);
}

export const rows = (conversation: Conversation): readonly ChatItem[] => conversation.snapshot(1_000).items;

/** The rows in a line each. */
export const shown = (conversation: Conversation): readonly string[] =>
	rows(conversation).map(item =>
		'text' in item
			? `${item.kind}: ${item.text}`
			: item.kind === 'tool'
				? `tool: ${item.tool} ${item.state}: ${item.output}`
				: `turn: ${item.status}`,
	);

/** Waits for the approval of a call and returns it. */
export async function pending(world: LoopWorld): Promise<ReturnType<LoopWorld['gate']['approvals']['find']>> {
	await vi.waitFor(() => {
		if (world.gate.approvals.pending.length === 0) throw new Error('nothing waits');
	});
	return world.gate.approvals.pending[0];
}
