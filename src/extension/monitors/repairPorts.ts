import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import { RunFolders } from '../../core/flow/runs/runFolders';
import type { HealthFeed } from '../../core/health/health';
import type { CacheArea, LoadedModelRef, PortHolder, RepairPorts } from '../../core/monitors/builtIn';
import { flowResults, leftovers } from '../../core/monitors/ownStorage';
import { endHolderOfPort, holderOfPort, type PortSearch } from '../../core/monitors/portHolder';
import { systemProcessTable } from '../../core/process/processTable';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import { isLoopback } from '../../core/providers/connection';
import { OllamaProvider } from '../../core/providers/ollama';
import type { ChatService } from '../chat/service';
import type { FlowService } from '../flow/service';
import type { Host } from '../host/context';
import type { ProviderService } from '../providers/service';

export interface RepairPortsDeps {
	readonly host: Host;
	readonly health: HealthFeed;
	readonly supervisor: Lazy<ProcessSupervisor>;
	readonly providers: Lazy<ProviderService>;
	readonly flow: Lazy<FlowService>;
	readonly chat: Lazy<ChatService>;
}

/** A server that does not answer has no model to unload. */
const listMs = 3_000;
const providerPrefix = 'provider:';

/** What the built-in runbooks do, through the features that own it. What was never started is not started for it. */
export function repairPorts(deps: RepairPortsDeps): RepairPorts {
	const { health, chat, supervisor } = deps;
	const search = async (): Promise<PortSearch | undefined> => {
		const running = await supervisor.started;
		return running && { table: systemProcessTable(), live: () => running.live };
	};
	return {
		health,
		loadedModels: () => loadedModels(deps),
		unload: (model, signal) => unload(deps, model, signal),
		caches: cachesOf(deps),
		idleAgents: async () => (await chat.started)?.idleAgents ?? [],
		closeIdleAgents: async () => (await chat.started)?.closeIdleAgents() ?? 0,
		portOf: service => portOf(deps, service),
		holderOf: async (port): Promise<PortHolder | undefined> => {
			const found = await search();
			return found && holderOfPort(found, port);
		},
		endHolder: async (port, holder) => {
			const found = await search();
			if (found) await endHolderOfPort(found, port, holder);
		},
	};
}

/** What is made again when it is needed. */
export function cachesOf({ host, flow }: Pick<RepairPortsDeps, 'host' | 'flow'>): readonly CacheArea[] {
	const storage = host.context.globalStorageUri.fsPath;
	const clearOpen = async (): Promise<boolean> => {
		const cache = await (await flow.started)?.runs.cache.started;
		await cache?.clear();
		return cache !== undefined;
	};
	return [
		flowResults(new RunFolders(join(storage, 'flows')).cache, clearOpen),
		leftovers(storage, () => host.clock.now()),
	];
}

async function loadedModels({ providers }: RepairPortsDeps): Promise<readonly LoadedModelRef[]> {
	const service = await providers.started;
	if (!service || !vscode.workspace.isTrusted) return [];
	const servers = await Promise.all(service.providers.list().map(({ id }) => service.providers.adapter(id)));
	const loaded = await Promise.all(
		servers.map(async server => {
			if (!(server instanceof OllamaProvider)) return [];
			const models = await server.loaded(AbortSignal.timeout(listMs)).catch(() => []); // It is down.
			return models.map(({ model, sizeBytes, vramBytes }) => ({
				provider: server.id,
				model,
				bytes: vramBytes === 0 ? sizeBytes : vramBytes,
			}));
		}),
	);
	return loaded.flat().toSorted((left, right) => right.bytes - left.bytes);
}

async function unload(
	{ providers }: RepairPortsDeps,
	{ provider, model }: LoadedModelRef,
	signal: AbortSignal,
): Promise<void> {
	const service = await providers.get();
	const server = await service.providers.adapter(provider);
	if (!(server instanceof OllamaProvider))
		throw new ExpectedError('no-unload', `${server.label} cannot unload models; only Ollama can.`);
	await server.unload(model, signal);
	service.providers.forget(provider);
	await service.recheck(service.providers.get(provider));
}

/** Of a provider on this machine, by its address. */
async function portOf({ providers }: RepairPortsDeps, id: string): Promise<number | undefined> {
	if (!id.startsWith(providerPrefix)) return undefined;
	const address = (await providers.started)?.state(id.slice(providerPrefix.length))?.baseUrl;
	if (address === undefined || address === null || !URL.canParse(address) || !isLoopback(address)) return undefined;
	const { port, protocol } = new URL(address);
	return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
