import * as vscode from 'vscode';
import { CancelledError, ExpectedError } from '../../core/base/errors';
import type { ConversationId } from '../../core/base/ids';
import type { LedgerEvent } from '../../core/ledger/events';
import type { McpAsker, McpSampling, McpSamplingAnswer } from '../../core/mcp/ports';
import {
	runSampling,
	samplingModel,
	samplingRequest,
	samplingText,
	type SamplingModel,
} from '../../core/providers/mcpSampling';
import { parseModelRef } from '../../core/providers/provider';
import { recordAnswer, type AnswerRun, type RecordPorts } from '../../core/providers/recorded';
import type { Providers } from '../../core/providers/registry';
import type { Host } from '../host/context';
import { workspaceFolders } from '../host/workspace';
import type { McpMemory } from './choices';
import type { McpDocuments } from './documents';

export interface SamplingDeps {
	readonly host: Host;
	readonly memory: McpMemory;
	readonly documents: McpDocuments;
	readonly providers: () => Promise<Providers>;
	/** What the conversation itself asks. */
	readonly modelOf: (conversation: ConversationId) => string | undefined;
	readonly append: (event: LedgerEvent) => void;
}

const longest = 1200;
/** A provider that does not answer must not keep the question from being asked. */
const listingMs = 3000;
const once = { title: 'Allow Once' };
const always = { title: 'Always Allow This Server' };
const other = { title: 'Choose Another Model…' };
const all = { title: 'Show All of It' };

/** Lets a server have an answer of a model: after the user's yes, at the user's cost, and in the ledger. */
export async function sample(
	deps: SamplingDeps,
	asker: McpAsker,
	request: McpSampling,
	signal: AbortSignal,
): Promise<McpSamplingAnswer> {
	const model = deps.memory.sampling(asker.serverId) ?? (await askUser(deps, asker, request, signal));
	const ref = parseModelRef(model);
	const providers = await deps.providers();
	const { provider } = providers.resolve(ref);
	const [project = null] = workspaceFolders();
	const run: AnswerRun = {
		kind: 'chat',
		title: `Asked by the MCP server ${asker.server}`,
		trigger: 'tool',
		agent: `mcp:${asker.server}`,
		project,
		conversation: asker.conversation,
		ref,
	};
	const ports: RecordPorts = {
		clock: deps.host.clock,
		append: event => deps.append(event),
		price: (of, usage) => providers.price(of, usage),
	};
	const ask = () => runSampling(provider, samplingRequest(request, ref.model, signal));
	return (await recordAnswer(ports, run, ask, signal)).answer;
}

/** The model that the user allows for this request. Throws when they do not. */
async function askUser(
	deps: SamplingDeps,
	asker: McpAsker,
	request: McpSampling,
	signal: AbortSignal,
): Promise<string> {
	const { conversation } = asker;
	const own = conversation === null ? undefined : deps.modelOf(conversation);
	const providers = await deps.providers();
	const wanted = [...(own === undefined ? [] : [own]), deps.host.settings.get('chat.model')];
	let chosen = samplingModel(wanted, await providers.models(signal, false, AbortSignal.timeout(listingMs)));
	const text = samplingText(request);
	const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
	for (;;) {
		const detail = `Model: ${chosen.label}, at most ${request.maxTokens} tokens of answer. ${chosen.isLocal ? 'It answers on this machine and costs nothing.' : 'It is you who pays.'}\n\n${shown}`;
		const question = `The MCP server “${asker.server}” wants to ask a language model.`;
		const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, once, other, all, always);
		if (signal.aborted) throw new CancelledError();
		if (picked === once) return chosen.model;
		if (picked === always) {
			await deps.memory.setSampling(asker.serverId, chosen.model);
			return chosen.model;
		}
		if (picked === all) await deps.documents.show(`What ${asker.server} wants to ask`, text);
		else if (picked === other) chosen = (await pickModel(providers, signal)) ?? chosen;
		else throw new ExpectedError('mcp.samplingRefused', 'The user refused the request for a model.');
	}
}

/** Asks for a model of those that are up; `undefined` when the user cancels. */
export async function pickModel(providers: Providers, signal: AbortSignal): Promise<SamplingModel | undefined> {
	const listed = await providers.models(signal);
	const items = listed.flatMap(entry =>
		entry.state === 'ready'
			? entry.models.map(({ id, label }) => ({
					label,
					description: entry.provider.label,
					chosen: {
						model: `${entry.provider.id}/${id}`,
						label: `${label} (${entry.provider.label})`,
						isLocal: entry.provider.isLocal,
					},
				}))
			: [],
	);
	const picked = await vscode.window.showQuickPick(items, {
		placeHolder: 'Which model answers?',
		ignoreFocusOut: true,
	});
	return picked?.chosen;
}
