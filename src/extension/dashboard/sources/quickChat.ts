import { ExpectedError } from '../../../core/base/errors';
import { formatCost } from '../../../core/base/money';
import { QuickChat } from '../../../core/dashboard/quickChat';
import {
	askQuickly,
	chooseQuickModel,
	clearQuickChat,
	quickChatTopic,
	stopQuickChat,
	type QuickChatView,
} from '../../../core/dashboard/topics/quickChat';
import { requireTrust } from '../../flow/trust';
import { workspaceFolders } from '../../host/workspace';
import { does, tells, type Source, type SourceDeps } from '../source';
import { following, rereading } from './watched';

const noModel = 'No model is at hand. Start one on this machine, or add a provider.';
const noModelActions = [{ title: 'Add a Model Provider', command: 'quarterdeck.providers.add' }];

/** Exchanges of this window, by their widgets: a page that is hidden and shown again finds them. */
const chats = new Map<string, QuickChat>();

/** Short exchanges with models. */
export const quickChatSource: Source = {
	tells: [
		tells(quickChatTopic, ({ widget, model }, sink, deps) =>
			following(sink, async store => {
				requireTrust('Models are asked');
				const chat = await chatOf(widget, deps);
				const read = async (): Promise<QuickChatView> => ({
					turns: chat.turns,
					isBusy: chat.isBusy,
					model: (await modelFor(model, deps)) ?? null,
				});
				if (!store.isDisposed) store.add(rereading(sink, read, [chat.onDidChange]));
			}),
		),
	],
	does: [
		does(askQuickly, async (wish, deps) => {
			requireTrust('Models are asked');
			const model = await modelFor(wish.model, deps);
			if (model === undefined) throw new ExpectedError('no-model', noModel, { actions: noModelActions });
			const chat = await chatOf(wish.widget, deps);
			await chat.ask({ ...wish, model });
		}),
		does(stopQuickChat, ({ widget }) => chats.get(widget)?.stop()),
		does(clearQuickChat, ({ widget }) => chats.get(widget)?.clear()),
		does(chooseQuickModel, async (_, deps) => {
			requireTrust('Models are asked');
			const [{ pickModel }, service] = await Promise.all([
				import('../../mcp/sampling'),
				deps.machine.deps.providers.get(),
			]);
			await service.look();
			return (await pickModel(service.providers, new AbortController().signal))?.model ?? null;
		}),
	],
};

async function chatOf(widget: string, { host, machine }: SourceDeps): Promise<QuickChat> {
	const known = chats.get(widget);
	if (known) return known;
	const { deps } = machine;
	const { providers } = await deps.providers.get();
	const [project = null] = workspaceFolders();
	const chat = new QuickChat({
		clock: host.clock,
		append: event => deps.append(event),
		price: (ref, usage) => providers.price(ref, usage),
		provider: id => Promise.resolve(providers.get(id)),
		project,
		checkBudget: async () => {
			const left = await (await deps.chat.get()).remainingBudget();
			if (left === null || left > 0) return;
			throw new ExpectedError(
				'budget',
				`The budget is used up: ${formatCost(-left)} over it. Set another one to go on.`,
			);
		},
	});
	// Another widget may have begun it meanwhile.
	const first = chats.get(widget);
	if (first) {
		chat.dispose();
		return first;
	}
	chats.set(widget, deps.store.add(chat));
	return chat;
}

/** The model of the settings, else one of this machine, else the one that was chosen last. */
async function modelFor(wanted: string, { host, machine }: SourceDeps): Promise<string | undefined> {
	if (wanted.trim() !== '') return wanted.trim();
	const chat = await machine.deps.chat.get();
	const local = await (await chat.loops.get()).localModel();
	return local?.model ?? host.state.lastModel ?? undefined;
}
