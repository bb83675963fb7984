import type { Clock } from '../../../core/base/clock';
import { MutableDisposable, type Disposable, type DisposableStore } from '../../../core/base/lifecycle';
import {
	mcpServersTopic,
	modelServersTopic,
	type McpServerLine,
	type ModelServer,
} from '../../../core/dashboard/topics/servers';
import type { McpServerView } from '../../../core/mcp/protocol';
import type { ProviderState } from '../../../core/providers/providerState';
import { requireTrust } from '../../flow/trust';
import { tells, type Source } from '../source';
import { following, rereading } from './watched';

/** What is loaded changes without a word, so that it is asked for while somebody looks. */
const askMs = 20_000;

/** MCP servers, and servers of models. */
export const serversSource: Source = {
	tells: [
		tells(mcpServersTopic, (_params, sink, { machine }) =>
			following(sink, async store => {
				const { hub, onDidChange } = await machine.deps.mcp.get();
				const read = (): Promise<readonly McpServerLine[]> => Promise.resolve(hub.servers().map(serverLine));
				if (!store.isDisposed) store.add(rereading(sink, read, [onDidChange]));
			}),
		),
		tells(modelServersTopic, (_params, sink, { machine, host }) =>
			following(sink, async store => {
				requireTrust('Servers of models are asked');
				const service = await machine.deps.providers.get();
				if (store.isDisposed) return;
				const ask = async (): Promise<void> => {
					await service.look();
					const shown = service.view.states.filter(isShown);
					await Promise.all(shown.map(({ id }) => service.check(service.providers.get(id))));
				};
				// The first answer is waited for: no servers is not the same as none that was asked.
				await ask();
				if (store.isDisposed) return;
				again(store, host.clock, ask);
				const read = (): Promise<readonly ModelServer[]> =>
					Promise.resolve(service.view.states.filter(isShown).map(modelServer));
				store.add(rereading(sink, read, [service.onDidChange]));
			}),
		),
	],
};

function again(store: DisposableStore, clock: Clock, ask: () => Promise<void>): void {
	const timer = store.add(new MutableDisposable<Disposable>());
	const later = (): void => {
		timer.value = clock.after(askMs, () => void ask().finally(() => !store.isDisposed && later()));
	};
	later();
}

function isShown({ isLocal, origin }: ProviderState): boolean {
	return isLocal && origin !== 'own';
}

function serverLine({ id, name, state, disabledReason, tools, lastError, restartAt }: McpServerView): McpServerLine {
	return { id, name, state, disabledReason, tools: tools.length, error: lastError?.message ?? null, restartAt };
}

function modelServer({ id, label, health, models, modelsProblem, canPull }: ProviderState): ModelServer {
	return {
		id,
		label,
		health,
		problem: modelsProblem,
		isManaged: canPull,
		models:
			models?.map(model => ({
				id: model.id,
				label: model.label,
				bytes: model.sizeBytes,
				vramBytes: model.vramBytes,
				loadedUntil: model.loadedUntil ?? null,
			})) ?? null,
	};
}
