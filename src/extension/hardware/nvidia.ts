import { NvidiaApps } from '../../core/hardware/nvidia/apps';
import { NvidiaCards, smiCommands } from '../../core/hardware/nvidia/cards';
import { programExists } from '../../core/hardware/programExists';
import type { Nvidia } from '../../core/hardware/liveFeed';
import type { DisposableStore } from '../../core/base/lifecycle';
import type { ProcessSupervisor } from '../../core/process/supervisor';
import type { Host } from '../host/context';

/** NVIDIA's cards of this window. Nothing is started before somebody watches them. */
export function nvidiaOf(host: Host, store: DisposableStore, supervisor: () => Promise<ProcessSupervisor>): Nvidia {
	const { clock, log } = host;
	const cards = store.add(new NvidiaCards({ clock, log, supervisor, commands: smiCommands(), exists: programExists }));
	return { cards, apps: store.add(new NvidiaApps(clock, cards, supervisor)) };
}
