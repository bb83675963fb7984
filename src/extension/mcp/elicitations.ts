import * as vscode from 'vscode';
import { Deferred } from '../../core/base/async';
import { DisposableStore, Owner, toDisposable, type Disposable } from '../../core/base/lifecycle';
import type { ElicitationAnswer, ElicitationContract, ElicitationView } from '../../core/mcp/elicitationProtocol';
import { formOf } from '../../core/mcp/form/fields';
import { draftOf, readDraft } from '../../core/mcp/form/draft';
import type { Json } from '../../core/base/json';
import type { McpAsker, McpElicitation, McpElicitationAnswer } from '../../core/mcp/ports';
import { serve } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import { panelTypes } from '../host/ids';
import { Panels } from '../host/panels';
import type { WebviewPort } from '../host/webviewHost';

interface Question {
	readonly view: ElicitationView;
	readonly answer: Deferred<ElicitationAnswer>;
	readonly ended: Set<() => void>;
}

/** What servers ask the person: one page a question, which says who asks. Closing the page answers “cancel”. */
export class Elicitations extends Owner {
	readonly #panels: Panels;
	readonly #questions = new Map<string, Question>();
	#next = 1;

	constructor(host: Host, icon: { readonly light: vscode.Uri; readonly dark: vscode.Uri }) {
		super();
		this.#panels = this.own(
			new Panels(host.context.extensionUri, {
				viewType: panelTypes.elicitation,
				surface: 'mcp',
				icon,
				connect: (identity, port, panel) => Promise.resolve(this.#connect(identity, port, panel)),
			}),
		);
		this.own(
			toDisposable(() => {
				for (const { answer } of this.#questions.values()) answer.resolve({ action: 'cancel' });
			}),
		);
	}

	/** Shows the question and waits for its answer, or for the server to take it back. */
	async ask(
		asker: McpAsker,
		request: McpElicitation,
		about: { readonly launch: string; readonly conversation: string },
		signal: AbortSignal,
	): Promise<McpElicitationAnswer> {
		const view = viewOf(asker, request, about);
		const id = `elicitation:${this.#next++}`;
		const question: Question = { view, answer: new Deferred(), ended: new Set() };
		this.#questions.set(id, question);
		const abort = (): void => question.answer.resolve({ action: 'cancel' });
		signal.addEventListener('abort', abort, { once: true });
		try {
			if (signal.aborted) abort();
			else await this.#panels.show(id, `${asker.server} asks`);
			return await this.#result(view, await question.answer.promise);
		} finally {
			signal.removeEventListener('abort', abort);
			this.#questions.delete(id);
			for (const ended of question.ended) ended();
		}
	}

	async #result(view: ElicitationView, answer: ElicitationAnswer): Promise<McpElicitationAnswer> {
		if (answer.action !== 'accept') return { action: answer.action };
		if (view.kind === 'form') return { action: 'accept', content: checkedContent(view, answer.content) };
		// The user has seen the address and pressed the button that names its host.
		await vscode.env.openExternal(vscode.Uri.parse(view.url, true));
		return { action: 'accept' };
	}

	#connect(identity: string, port: WebviewPort, panel: vscode.WebviewPanel): Disposable {
		const store = new DisposableStore();
		const question = this.#questions.get(identity);
		let kept: unknown;
		const server = store.add(
			serve<ElicitationContract>(port, {
				open: () => ({ view: question?.view ?? null, kept }),
				keep: ({ value }) => {
					kept = value;
				},
				answer: answer => question?.answer.resolve(answer),
			}),
		);
		if (!question) return store;
		const end = (): void => {
			server.emit('ended', null);
			panel.dispose();
		};
		question.ended.add(end);
		store.add(
			toDisposable(() => {
				question.ended.delete(end);
				question.answer.resolve({ action: 'cancel' });
			}),
		);
		return store;
	}
}

function viewOf(
	asker: McpAsker,
	request: McpElicitation,
	{ launch, conversation }: { readonly launch: string; readonly conversation: string },
): ElicitationView {
	const common = { server: asker.server, launch, conversation, message: request.message };
	if (request.mode !== 'url') return { ...common, kind: 'form', schema: request.requestedSchema };
	const { protocol, host } = URL.canParse(request.url) ? new URL(request.url) : { protocol: '', host: '' };
	return { ...common, kind: 'url', url: request.url, host, isSecure: protocol === 'https:' };
}

/** The page's word is checked again: what does not fit the schema never reaches the server. */
function checkedContent(
	view: Extract<ElicitationView, { kind: 'form' }>,
	content: Readonly<Record<string, Json>> | null,
): Extract<McpElicitationAnswer, { content?: unknown }>['content'] {
	const form = formOf(view.schema);
	const reading = readDraft(form, draftOf(form, content ?? {}));
	if (!reading.isValid) throw new Error('The answer does not fit what the server asked for.');
	return reading.value as Extract<McpElicitationAnswer, { content?: unknown }>['content'];
}
