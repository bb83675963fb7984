import * as vscode from 'vscode';
import { ExpectedError, errorText, type ErrorAction } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { FoundClaude } from '../../core/claude/findClaude';
import { isCliObstacle, type Obstacle } from '../../core/chat/protocol';
import { setContext } from '../host/commands';
import type { Host } from '../host/context';

/** While the CLI is missing and somebody looks at the chat, it is looked for this often, milliseconds. */
const lookAgainMs = 3_000;
const installGuide = 'https://code.claude.com/docs/en/setup';

/** What who has no CLI may use: what is ready, or how to get there. */
export interface Others {
	readonly instead?: NonNullable<Obstacle['instead']>;
	readonly actions: readonly ErrorAction[];
}

/** Finds the CLI; rejects with a `ClaudeErrorCode`. */
export type FindClaude = () => Promise<FoundClaude>;

/** Why nothing can be asked right now: an untrusted workspace, no folder, no CLI. Rechecks by itself. */
export class Obstacles extends Owner {
	readonly #changed = this.own(new Emitter<Obstacle | null>());
	readonly onDidChange = this.#changed.event;
	readonly #timer = this.own(new MutableDisposable<Disposable>());
	readonly #host: Host;
	readonly #find: FindClaude;
	readonly #isWatched: () => boolean;
	readonly #alternatives: () => Promise<Others>;
	#current: Obstacle | null = null;
	/** What is wrong with the CLI alone, without what may be used instead. */
	#own: Obstacle | null = null;
	#found: FoundClaude | undefined;
	/** What may be used instead of the CLI, as far as it is known. */
	#others: Others = { actions: [] };

	/**
	 * @param isWatched whether a chat page is in view, so that looking again is worth it
	 * @param alternatives what who has no CLI may do instead
	 */
	constructor(host: Host, find: FindClaude, isWatched: () => boolean, alternatives: () => Promise<Others>) {
		super();
		this.#host = host;
		this.#find = find;
		this.#isWatched = isWatched;
		this.#alternatives = alternatives;
		const again = (): void => void this.check();
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(again));
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(again));
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('claude.path')) void this.check();
			}),
		);
	}

	get current(): Obstacle | null {
		return this.#current;
	}

	/** What stands in the way is the CLI alone: other models can be asked. */
	get isCliMissing(): boolean {
		return this.#current !== null && isCliObstacle(this.#current);
	}

	/** The CLI that was found last. */
	get cli(): FoundClaude | undefined {
		return this.#found;
	}

	/** Looks again. Resolves with what stands in the way, if anything. */
	async check(): Promise<Obstacle | null> {
		const next = await this.#look();
		if (this.isDisposed) return next;
		setContext('quarterdeck.claudeFound', this.#found !== undefined);
		this.#watch(next);
		this.#show(next);
		if (next && isCliObstacle(next)) void this.#offerOthers();
		return next;
	}

	#show(next: Obstacle | null): void {
		const isSame = JSON.stringify(next) === JSON.stringify(this.#current);
		this.#current = next;
		if (!isSame) this.#changed.fire(next);
	}

	/** Adds what may be used instead once that is known: other servers are asked for it, and nobody waits for them. */
	async #offerOthers(): Promise<void> {
		const others = await this.#alternatives().catch((failure: unknown) => {
			this.#host.log.info(`Other models: ${errorText(failure)}`);
			return this.#others;
		});
		this.#others = others;
		if (this.isDisposed || this.#own === null) return;
		this.#show(withOthers(this.#own, others));
	}

	/** The CLI to start; throws what stands in the way. */
	async require(): Promise<FoundClaude> {
		if (!this.#found || this.#current) await this.check();
		if (this.#current)
			throw new ExpectedError(this.#current.code, this.#current.title, { actions: this.#current.actions });
		if (!this.#found) throw new ExpectedError('cli-missing', 'The Claude CLI was not found.');
		return this.#found;
	}

	async #look(): Promise<Obstacle | null> {
		this.#own = null;
		if (!vscode.workspace.isTrusted) return untrusted;
		if (!vscode.workspace.workspaceFolders?.some(folder => folder.uri.scheme === 'file')) return noFolder;
		try {
			const found = await this.#find();
			const isOther = found.path !== this.#found?.path || found.version !== this.#found.version;
			if (isOther) this.#host.log.info(`Claude CLI ${found.version} at ${found.path}`);
			this.#found = found;
			return null;
		} catch (error) {
			this.#found = undefined;
			this.#host.log.info(`Claude CLI: ${errorText(error)}`);
			this.#own = cliObstacle(error, this.#host.settings.get('claude.path'));
			return withOthers(this.#own, this.#others);
		}
	}

	#watch(obstacle: Obstacle | null): void {
		const canAppear = obstacle?.code === 'cli-missing' || obstacle?.code === 'cli-too-old';
		this.#timer.value = canAppear
			? this.#host.clock.after(lookAgainMs, () => {
					if (this.#isWatched()) void this.check();
					else this.#watch(obstacle);
				})
			: undefined;
	}
}

function withOthers(own: Obstacle, { instead, actions }: Others): Obstacle {
	if (instead) return { ...own, actions: [...actions, ...own.actions], instead };
	const text = `${own.text}\n\nOther models need none of this: start Ollama or LM Studio and it is offered here by itself, or add a provider.`;
	return { ...own, text, actions: [...actions, ...own.actions] };
}

const untrusted: Obstacle = {
	code: 'untrusted',
	title: 'This workspace is in Restricted Mode',
	text: 'Agents run commands and change files, so nothing is started here until you trust the workspace. You can read earlier conversations.',
	actions: [{ title: 'Manage Workspace Trust', command: 'workbench.trust.manage' }],
};

const noFolder: Obstacle = {
	code: 'no-folder',
	title: 'No folder is open',
	text: 'An agent works in a folder. Open one to begin.',
	actions: [{ title: 'Open Folder', command: 'workbench.action.files.openFolder' }],
};

const locate = { title: 'Choose Its Path…', command: 'quarterdeck.claude.locate' };
const recheck = { title: 'Look Again', command: 'quarterdeck.claude.recheck' };
const guide = { title: 'How to Install', command: 'quarterdeck.openUrl', args: [installGuide] };

function cliObstacle(error: unknown, settingsPath: string): Obstacle {
	if (ExpectedError.is(error, 'cli-too-old'))
		return {
			code: 'cli-too-old',
			title: 'The Claude CLI is too old',
			text: `${error.message}\n\nUpdate it in a terminal with \`claude update\`. This page goes on by itself.`,
			actions: [recheck, locate, guide],
		};
	if (ExpectedError.is(error, 'cli-missing'))
		return {
			code: 'cli-missing',
			title: 'Install the Claude CLI',
			text: `${settingsPath === '' ? '' : `${error.message}\n\n`}Claude answers through its CLI, which you install and sign in to yourself. Install it in a terminal, then run \`claude\` once to sign in:\n\n\`\`\`sh\nnpm install -g @anthropic-ai/claude-code\n\`\`\`\n\nThis page goes on by itself once it is there.`,
			actions: [guide, locate, recheck],
		};
	return {
		code: 'cli-broken',
		title: 'The Claude CLI does not start',
		text: errorText(error),
		actions: [recheck, locate, { title: 'Show Output', command: 'quarterdeck.showOutput' }],
	};
}
