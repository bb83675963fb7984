import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/base/logger';
import { ClaudeProcess } from '../../../src/core/claude/claudeProcess';
import { findClaude, thisMachine, type FoundClaude } from '../../../src/core/claude/findClaude';
import type { ClaudeMessage, UnknownMessage } from '../../../src/core/claude/messages';
import type {
	ClaudeSessionHandlers,
	ClaudeSessionOptions,
	HookCall,
	PermissionRequest,
	SessionExit,
} from '../../../src/core/claude/session';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { claudeEnvironment, claudeForTests } from '../../fakes/claudePath';
import { startMessagesApi, type MessagesApi, type Script } from '../../fakes/messages/server';

type Message = ClaudeMessage | UnknownMessage;

/** A session with everything that it said, and ways to wait for what it says next. */
export class Recording {
	readonly messages: Message[] = [];
	readonly hooks: HookCall[] = [];
	readonly permissions: PermissionRequest[] = [];
	readonly garbage: string[] = [];
	exit: SessionExit | undefined;
	readonly #waiting = new Set<() => void>();

	handlers(over: Partial<ClaudeSessionHandlers> = {}): ClaudeSessionHandlers {
		return {
			onMessage: message => this.#note(() => this.messages.push(message)),
			onPermission: request => {
				this.#note(() => this.permissions.push(request));
				return over.onPermission?.(request) ?? Promise.resolve({ behavior: 'allow' });
			},
			onHook: call => {
				this.#note(() => this.hooks.push(call));
				return over.onHook?.(call) ?? Promise.resolve('pass');
			},
			onExit: exit => this.#note(() => (this.exit = exit)),
			onGarbage: line => this.#note(() => this.garbage.push(line)),
			...(over.onUsage ? { onUsage: over.onUsage } : {}),
		};
	}

	/** The first message, past or future, of which `test` holds, from `from` on. */
	async message(test: (message: Message) => boolean, from = 0): Promise<Message> {
		await this.until(() => this.messages.slice(from).some(test));
		const found = this.messages.slice(from).find(test);
		if (!found) throw new Error('It was there a moment ago');
		return found;
	}

	/** Resolves when `test` holds; looked at after everything that arrives. */
	until(test: () => boolean): Promise<void> {
		return new Promise(resolve => {
			const check = (): void => {
				if (!test()) return;
				this.#waiting.delete(check);
				resolve();
			};
			this.#waiting.add(check);
			check();
		});
	}

	/** Results so far. */
	get results(): readonly Extract<ClaudeMessage, { type: 'result' }>[] {
		return this.messages.filter(message => message.type === 'result') as never;
	}

	#note(add: () => void): void {
		add();
		for (const check of this.#waiting) check();
	}
}

export const isIdle = (message: Message): boolean =>
	isSystem(message, 'session_state_changed') && message['state'] === 'idle';

export function isSystem(message: Message, subtype: string): message is UnknownMessage {
	return message.type === 'system' && 'subtype' in message && message.subtype === subtype;
}

/** The text of every answer so far, joined. */
export function spoken(messages: readonly Message[]): string {
	return messages
		.flatMap(message =>
			message.type === 'assistant' ? (message as Extract<ClaudeMessage, { type: 'assistant' }>).message.content : [],
		)
		.map(block => (block.type === 'text' ? block.text : ''))
		.join('');
}

let found: Promise<FoundClaude> | undefined;

/** The real CLI, the scripted API and a supervisor in throw-away folders. */
export class ClaudeWorld {
	readonly api: MessagesApi;
	readonly folder: string;
	readonly cwd: string;
	readonly supervisor: ProcessSupervisor;

	/** @param side answers requests without tools, which are the CLI's own in a conversation */
	static async open(script: Script, side?: Script): Promise<ClaudeWorld> {
		const folder = await realpath(await mkdtemp(join(tmpdir(), 'quarterdeck-')));
		const cwd = await mkdtemp(join(folder, 'workspace-'));
		return new ClaudeWorld(await startMessagesApi({ script, ...(side ? { side } : {}) }), folder, cwd);
	}

	private constructor(api: MessagesApi, folder: string, cwd: string) {
		this.api = api;
		this.folder = folder;
		this.cwd = cwd;
		this.supervisor = new ProcessSupervisor({
			folder: join(folder, 'processes'),
			table: systemProcessTable(),
			logger: silentLogger,
		});
	}

	get environment(): Record<string, string> {
		const own = claudeEnvironment(this.api.url, join(this.folder, 'config'));
		return { PATH: process.env['PATH'] ?? '', HOME: homedir(), ...own };
	}

	async start(
		over: Partial<ClaudeSessionOptions> = {},
		handlers: Partial<ClaudeSessionHandlers> = {},
	): Promise<{ session: ClaudeProcess; log: Recording }> {
		found ??= findClaude(thisMachine(process.env, homedir()), claudeForTests());
		return this.startWith(await found, over, handlers);
	}

	async startWith(
		claude: FoundClaude,
		over: Partial<ClaudeSessionOptions> = {},
		handlers: Partial<ClaudeSessionHandlers> = {},
		startTimeoutMs = 30_000,
	): Promise<{ session: ClaudeProcess; log: Recording }> {
		const log = new Recording();
		const session = await ClaudeProcess.start(
			{ supervisor: this.supervisor, claude, environment: this.environment, logger: silentLogger, startTimeoutMs },
			{ cwd: this.cwd, start: { kind: 'new', id: crypto.randomUUID() }, ...over },
			log.handlers(handlers),
		);
		return { session, log };
	}

	async close(): Promise<void> {
		await this.supervisor.close();
		await this.api.close();
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** Sends a prompt and resolves when the CLI is idle again. */
export async function turn(
	session: ClaudeProcess,
	log: Recording,
	text: string,
	uuid: string = crypto.randomUUID(),
): Promise<void> {
	const from = log.messages.length;
	session.send(text, uuid);
	await log.message(isIdle, from);
}
