import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/base/clock';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import type { Conversation } from '../../../src/core/chat/conversation';
import { Conversations } from '../../../src/core/chat/conversations';
import { LoopGate } from '../../../src/core/chat/loop/loopGate';
import { LoopSession } from '../../../src/core/chat/loop/loopSession';
import type { LoopPorts } from '../../../src/core/chat/loop/ports';
import type { Ledger, LedgerChange } from '../../../src/core/ledger/queries';
import { Providers } from '../../../src/core/providers/registry';
import { Approvals } from '../../../src/core/safety/approvals';
import { Gate } from '../../../src/core/safety/gate';
import { Grants } from '../../../src/core/safety/grants';
import { Toolbox } from '../../../src/core/tools/toolbox';
import { ToolRunner } from '../../../src/core/tools/toolRunner';

/** A conversation with everything between the socket and the page but the page: registry, adapter, loop, rows. */
export interface WholePath {
	readonly conversation: Conversation;
	close(): Promise<void>;
}

/** Opens a conversation whose model is the one of the server at `url`. */
export async function openPath(url: string): Promise<WholePath> {
	const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-bench-'));
	const providers = new Providers({
		clock: systemClock,
		secret: async () => undefined,
		prices: () => ({}),
		chain: () => [],
	});
	providers.configure([{ id: 'bench', kind: 'openai', preset: 'other', baseUrl: url }]);
	const approvals = new Approvals({ journal: () => undefined, clock: systemClock });
	const toolbox = new Toolbox();
	const ports = loopPorts(folder, providers, approvals, toolbox);
	const conversations = newConversations(folder, ports, approvals);
	const conversation = await conversations.create();
	await conversation.setModel('bench/bench');
	return {
		conversation,
		close: async () => {
			await conversations.closeAll();
			conversations.dispose();
			providers.dispose();
			approvals.dispose();
			toolbox.dispose();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

function loopPorts(folder: string, providers: Providers, approvals: Approvals, toolbox: Toolbox): LoopPorts {
	const grants = new Grants({ load: () => [], save: () => undefined });
	const rules = new Gate({
		context: () => {
			throw new Error('The measured answer calls no tool');
		},
		approvals,
		grants,
		journal: () => undefined,
	});
	const gate = new LoopGate({ gate: rules, settled: async () => undefined });
	return {
		clock: systemClock,
		log: silentLogger,
		folder,
		providers,
		toolbox,
		runner: new ToolRunner({ toolbox, gate, clock: systemClock }),
		gate,
		limits: () => ({ maxSteps: 40, maxMinutes: 30, maxCost: 0 }),
		remainingBudget: async () => null,
		platform: 'linux',
	};
}

function newConversations(folder: string, ports: LoopPorts, approvals: Approvals): Conversations {
	const changes = new Emitter<LedgerChange>();
	const nothing: Pick<Ledger, 'query' | 'onDidChange'> = {
		onDidChange: changes.event,
		query: async (name: string) => (name === 'conversation' ? null : []),
	};
	return new Conversations({
		clock: systemClock,
		log: silentLogger,
		ledger: nothing,
		append: () => undefined,
		settled: async () => undefined,
		startSession: (options, handlers) => LoopSession.start(ports, options, handlers),
		newGate: () => ({
			onHook: () => 'pass',
			onPermission: async () => ({ behavior: 'deny', message: 'no' }),
			onResult: () => undefined,
			dispose: () => undefined,
		}),
		route: async () => ({ model: 'bench/bench', why: '' }),
		describeModel: async () => null,
		restoreFiles: async () => ({ canRestore: false, reason: null, files: [], insertions: 0, deletions: 0 }),
		changes: { beforeTool: async () => undefined, afterTool: async () => undefined },
		price: () => null,
		remainingBudget: async () => null,
		budgetText: async () => '',
		onUse: () => undefined,
		onSession: () => undefined,
		additionalFolders: () => [],
		onInfo: () => undefined,
		knownInfo: () => ({ models: [], commands: [] }),
		history: { usage: async () => null, sessions: async () => [], conversation: async () => null },
		approvals,
		grants: { endConversation: () => undefined },
		project: () => folder,
		defaults: () => ({ model: 'bench/bench', mode: 'default', effort: 'default' }),
	});
}
