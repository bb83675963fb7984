import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deferred } from '../../src/core/base/async';
import { systemClock } from '../../src/core/base/clock';
import { silentLogger } from '../../src/core/base/logger';
import type { AgentSessionHandlers } from '../../src/core/chat/agentSession';
import { LoopGate } from '../../src/core/chat/loop/loopGate';
import { LoopSession } from '../../src/core/chat/loop/loopSession';
import type { LoopPorts } from '../../src/core/chat/loop/ports';
import { Approvals } from '../../src/core/safety/approvals';
import { machineContext } from '../../src/core/safety/classify';
import { Gate } from '../../src/core/safety/gate';
import { Grants } from '../../src/core/safety/grants';
import { textResult, type Tool } from '../../src/core/tools/tool';
import { Toolbox } from '../../src/core/tools/toolbox';
import { ToolRunner } from '../../src/core/tools/toolRunner';
import { ScriptedProvider } from '../fakes/scriptedProvider';
import { median, type PrintLine } from './line';

const iterations = 100;
const rounds = 9;

/** Reads a file, as the built-in tool does without its guards. */
const readTool: Tool = {
	name: 'quarterdeck_read_file',
	title: 'Read file',
	description: 'Reads a file.',
	schema: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] },
	source: 'Quarterdeck',
	run: async ({ file_path }) => textResult(await readFile(String(file_path), 'utf8')),
};

function portsFor(folder: string, workspace: string, provider: ScriptedProvider): LoopPorts {
	const toolbox = new Toolbox();
	toolbox.add({ tools: () => [readTool] });
	const approvals = new Approvals({ journal: () => undefined, clock: systemClock });
	const grants = new Grants({ load: () => [], save: () => undefined });
	const context = machineContext([workspace], {
		protectedPaths: [],
		claudeFolders: [],
		storageFolders: [folder],
		raisedTiers: {},
	});
	const inner = new Gate({ context: () => context, approvals, grants, journal: () => undefined });
	const gate = new LoopGate({ gate: inner, settled: () => Promise.resolve() });
	return {
		clock: systemClock,
		log: silentLogger,
		folder,
		providers: {
			find: () => provider,
			model: async () => provider.list[0] ?? null,
			fallbacks: () => [],
			price: () => ({ cost: 0, basis: 'reported' }),
		},
		toolbox,
		runner: new ToolRunner({ toolbox, gate, clock: systemClock }),
		gate,
		limits: () => ({ maxSteps: 0, maxMinutes: 0, maxCost: 0 }),
		remainingBudget: () => Promise.resolve(null),
		platform: 'linux',
	};
}

function handlersFor(ended: () => Deferred<void>): AgentSessionHandlers {
	return {
		onMessage: message => {
			if (message.type === 'result') ended().resolve();
		},
		onPermission: () => Promise.resolve({ behavior: 'allow' }),
		onHook: () => Promise.resolve('pass'),
		onExit: () => undefined,
		origin: () => ({ conversation: null, asker: 'bench', execution: null, step: null }),
		beforeTool: () => Promise.resolve(),
		onRefused: () => undefined,
		onProgress: () => undefined,
		onFailure: error => ended().reject(error),
		onNotice: () => undefined,
		onLimits: () => undefined,
		settled: () => Promise.resolve(),
	};
}

/** Milliseconds of one iteration of a turn with so many: the model's answer is there at once. */
async function turn(calls: number): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'loop-bench-'));
	try {
		const file = join(folder, 'work.txt');
		let asked = 0;
		const provider = new ScriptedProvider('bench', () => {
			asked++;
			if (asked > iterations) return { text: 'Done.' };
			const input = { file_path: file };
			return { text: `Step ${asked}.`, calls: Array.from({ length: calls }, () => ({ name: readTool.name, input })) };
		});
		await writeFile(file, 'one line of a file\n'.repeat(50));
		const list = provider.list.map(model => ({ ...model, contextTokens: null }));
		provider.list = list;
		// Each result is another one, as the guard against models that repeat themselves wants it.
		const end = new Deferred<void>();
		const ports = portsFor(join(folder, 'sessions'), folder, provider);
		const numbered = numberedRunner(ports.runner);
		const start = { kind: 'new', id: globalThis.crypto.randomUUID() } as const;
		const session = await LoopSession.start(
			{ ...ports, runner: numbered },
			{ cwd: folder, start, model: 'bench/small' },
			handlersFor(() => end),
		);
		const began = performance.now();
		session.send('Go', globalThis.crypto.randomUUID());
		await end.promise;
		const took = performance.now() - began;
		await session.stop();
		return took / iterations;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function numberedRunner(runner: LoopPorts['runner']): LoopPorts['runner'] {
	let count = 0;
	return {
		run: async (call, options) => {
			const outcome = await runner.run(call, options);
			return { ...outcome, content: [...outcome.content, { type: 'text', text: String(count++) }] };
		},
	};
}

/** The overhead of one tool iteration of our own loop, without the model: gate, tool, transcript on disk, messages. */
export async function run(print: PrintLine): Promise<void> {
	await turn(1);
	for (const calls of [1, 4]) {
		const times: number[] = [];
		for (let round = 0; round < rounds; round++) times.push(await turn(calls));
		const metric = calls === 1 ? 'iteration_ms' : `iteration_${calls}_calls_ms`;
		print({ bench: 'loop', metric, value: Number(median(times).toFixed(3)), unit: 'ms' });
	}
}
