import { ExpectedError } from '../base/errors';
import type { HealthFeed, ServiceView } from '../health/health';
import { plural } from '../ledger/views/format';
import { formatBytes } from '../ledger/views/health';
import type { RepairPlan, Runbook } from './runbook';

/** A model in the memory of a server that can unload it. */
export interface LoadedModelRef {
	readonly provider: string;
	readonly model: string;
	readonly bytes: number;
}

/** Something of ours on disk that is made again when it is needed. */
export interface CacheArea {
	readonly name: string;
	bytes(): Promise<number>;
	/** Deletes what is not in use, and says how many bytes that gave back. */
	clear(): Promise<number>;
}

/** Who listens on a port, as far as it is a process that we started. */
export interface PortHolder {
	readonly pid: number;
	/** What it is, as the supervisor's register calls it. */
	readonly label: string;
}

/** What the built-in runbooks can do here. */
export interface RepairPorts {
	readonly health: Pick<HealthFeed, 'services' | 'act'>;
	/** The models in memory, the largest first. */
	loadedModels(): Promise<readonly LoadedModelRef[]>;
	unload(model: LoadedModelRef, signal: AbortSignal): Promise<void>;
	readonly caches: readonly CacheArea[];
	/** Live agents that have nothing to do, by the titles of their conversations. */
	idleAgents(): Promise<readonly string[]>;
	/** Closes them, and says how many there were. */
	closeIdleAgents(): Promise<number>;
	/** The port on this machine that a service answers on, where that is known. */
	portOf(service: string): Promise<number | undefined>;
	/** A process of ours, or one that a process of ours has started, that listens on the port. */
	holderOf(port: number): Promise<PortHolder | undefined>;
	endHolder(port: number, holder: PortHolder): Promise<void>;
}

const minute = 60_000;

/** The runbooks that come with the extension, the mildest first for each condition. */
export function builtInRunbooks(ports: RepairPorts): readonly Runbook[] {
	return [
		freePort(ports),
		restart(
			ports,
			{ id: 'restart-mcp-server', tool: 'quarterdeck_restart_mcp_server', coolDownMs: minute, verifyMs: 30_000 },
			({ kind }) => kind === 'mcp',
		),
		restart(
			ports,
			{ id: 'restart-service', tool: 'quarterdeck_restart_service', coolDownMs: 2 * minute, verifyMs: 45_000 },
			({ kind }) => kind !== 'mcp',
		),
		unloadModel(ports),
		closeIdleAgents(ports),
		clearCaches(ports),
	];
}

function restart(
	ports: RepairPorts,
	more: Pick<Runbook, 'id' | 'tool' | 'coolDownMs' | 'verifyMs'>,
	isMeant: (service: ServiceView) => boolean,
): Runbook {
	return {
		...more,
		conditions: ['service.down'],
		needsLevel: 3,
		plan: ({ subject }) => {
			const service = ports.health.services.find(({ id }) => id === subject);
			return Promise.resolve(service && isMeant(service) ? restartOf(ports, service) : undefined);
		},
	};
}

/** One that we can neither start nor restart is not offered to be. */
function restartOf({ health }: RepairPorts, { id, name, actions, startNote }: ServiceView): RepairPlan | undefined {
	const action = (['restart', 'start'] as const).find(each => actions.includes(each));
	if (!action) return undefined;
	const verb = action === 'restart' ? 'Restart' : 'Start';
	return {
		title: `${verb} ${name}`,
		verb,
		question: startNote === undefined ? `${verb} it?` : `${verb} it? ${startNote}`,
		input: { service: id, name, action },
		touches: [name],
		run: async () => {
			const now = await health.act(id, action, 'runbook');
			return `${name} was ${action}ed: ${now.reason}`;
		},
	};
}

function unloadModel(ports: RepairPorts): Runbook {
	return {
		id: 'unload-model',
		conditions: ['gpu.memoryFull', 'memory.full'],
		tool: 'quarterdeck_unload_model',
		needsLevel: 3,
		coolDownMs: 5 * minute,
		verifyMs: 2 * minute,
		async plan() {
			const [largest] = await ports.loadedModels();
			if (!largest) return undefined;
			const { provider, model, bytes } = largest;
			return {
				title: `Unload ${model}`,
				verb: 'Unload',
				question: `Unload ${model}, which takes ${formatBytes(bytes)}?`,
				input: { provider, model, bytes },
				touches: [model],
				run: async ({ signal }) => {
					await ports.unload(largest, signal);
					return `${model} was unloaded; it took ${formatBytes(bytes)}.`;
				},
			};
		},
	};
}

function closeIdleAgents(ports: RepairPorts): Runbook {
	return {
		id: 'close-idle-agents',
		conditions: ['memory.full'],
		tool: 'quarterdeck_close_idle_agents',
		needsLevel: 3,
		coolDownMs: 10 * minute,
		verifyMs: 2 * minute,
		async plan() {
			const idle = await ports.idleAgents();
			if (idle.length === 0) return undefined;
			const what = plural(idle.length, 'idle agent');
			return {
				title: `Close ${what}`,
				verb: 'Close',
				question: `Close ${what}? Their conversations go on with the next prompt.`,
				input: { conversations: idle },
				touches: idle,
				run: async () => `${plural(await ports.closeIdleAgents(), 'idle agent')} closed.`,
			};
		},
	};
}

function clearCaches({ caches }: RepairPorts): Runbook {
	return {
		id: 'clear-caches',
		conditions: ['disk.full', 'storage.large'],
		tool: 'quarterdeck_clear_caches',
		needsLevel: 3,
		coolDownMs: 60 * minute,
		verifyMs: 2 * minute,
		async plan() {
			const sized = await Promise.all(caches.map(async cache => ({ cache, bytes: await cache.bytes() })));
			const filled = sized.filter(({ bytes }) => bytes > 0);
			const total = filled.reduce((sum, { bytes }) => sum + bytes, 0);
			if (total === 0) return undefined;
			const names = filled.map(({ cache, bytes }) => `${cache.name} (${formatBytes(bytes)})`);
			return {
				title: 'Clear Quarterdeck’s caches',
				verb: 'Clear Caches',
				question: `Clear Quarterdeck’s caches, up to ${formatBytes(total)}?`,
				input: { caches: names },
				touches: names,
				run: async ({ signal }) => {
					let freed = 0;
					for (const { cache } of filled) {
						if (signal.aborted) break;
						freed += await cache.clear();
					}
					return `${formatBytes(freed)} were given back.`;
				},
			};
		},
	};
}

function freePort(ports: RepairPorts): Runbook {
	return {
		id: 'free-port',
		conditions: ['service.down'],
		tool: 'quarterdeck_free_port',
		needsLevel: 4,
		coolDownMs: 5 * minute,
		verifyMs: 30_000,
		async plan({ subject }) {
			const port = await ports.portOf(subject);
			const holder = port === undefined ? undefined : await ports.holderOf(port);
			return port === undefined || !holder ? undefined : portPlan(ports, port, holder);
		},
	};
}

/** Ends what we started and what keeps a port. Whose process it is, is looked at again right before it is ended. */
export function portPlan(
	ports: Pick<RepairPorts, 'holderOf' | 'endHolder'>,
	port: number,
	holder: PortHolder,
): RepairPlan {
	const { pid, label } = holder;
	return {
		title: `Free port ${port}`,
		verb: 'Free Port',
		question: `End ${label} (process ${pid}), which was started from here and keeps port ${port}?`,
		input: { port, pid, label },
		touches: [`${label} (${pid})`],
		run: async () => {
			const now = await ports.holderOf(port);
			if (now?.pid !== pid)
				throw new ExpectedError('port-other', `Port ${port} is not kept by process ${pid} any more.`);
			await ports.endHolder(port, holder);
			return `${label} (process ${pid}) was ended.`;
		},
	};
}
