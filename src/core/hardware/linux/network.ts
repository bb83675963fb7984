import { join } from 'node:path';
import { Owner } from '../../base/lifecycle';
import { Rates, type Moment } from '../rates';
import type { NetworkSample } from '../sample';
import { KernelFile } from './kernelFile';

interface Counters {
	readonly name: string;
	readonly received: number;
	readonly packetsReceived: number;
	readonly sent: number;
	readonly packetsSent: number;
}

/** What passes these has passed, or will pass, a real one. */
const inner =
	/^(lo|docker|br-|veth|virbr|vnet|tap|tun|cni|flannel|cali|wg|tailscale|zt|dummy|ifb|bond_|podman|lxc|lxd)/;

/** Reads `/proc/net/dev`, less the interfaces that lead to inside the machine. */
export function parseNetwork(text: string): readonly Counters[] {
	const all: Counters[] = [];
	const outer: Counters[] = [];
	for (const line of text.split('\n')) {
		const colon = line.indexOf(':');
		const name = line.slice(0, Math.max(0, colon)).trim();
		if (colon < 0 || name === 'lo') continue;
		const isInner = inner.test(name);
		// Where something leads outside, what leads inside is not needed, and a host of containers has hundreds of it.
		if (isInner && outer.length > 0) continue;
		const words = line
			.slice(colon + 1)
			.trim()
			.split(/\s+/);
		const number = (index: number): number => Number(words[index] ?? 0);
		const counters = {
			name,
			received: number(0),
			packetsReceived: number(1),
			sent: number(8),
			packetsSent: number(9),
		};
		all.push(counters);
		if (!isInner) outer.push(counters);
	}
	return outer.length > 0 ? outer : all;
}

/** Traffic of all interfaces together. */
export class NetworkReader extends Owner {
	readonly #file: KernelFile;
	readonly #rates = { received: new Rates(), sent: new Rates() };

	constructor(proc: string) {
		super();
		this.#file = this.own(new KernelFile(join(proc, 'net', 'dev')));
	}

	read(moment: Moment): NetworkSample | undefined {
		const counters = parseNetwork(this.#file.read() ?? '');
		if (counters.length === 0) return undefined;
		this.#rates.received.begin(moment);
		this.#rates.sent.begin(moment);
		const sum = (pick: (one: Counters) => number): number => counters.reduce((total, one) => total + pick(one), 0);
		// An interface that came, went or began anew has no rate in this look; the others still add up.
		const rate = (kind: 'received' | 'sent'): number | undefined => {
			const told = counters
				.map(one => this.#rates[kind].perSecond(one.name, one[kind]))
				.filter(value => value !== undefined);
			return told.length === 0 ? undefined : told.reduce((total, value) => total + value, 0);
		};
		const [receivedPerSecond, sentPerSecond] = [rate('received'), rate('sent')];
		return {
			received: sum(one => one.received),
			sent: sum(one => one.sent),
			packetsReceived: sum(one => one.packetsReceived),
			packetsSent: sum(one => one.packetsSent),
			...(receivedPerSecond !== undefined && { receivedPerSecond }),
			...(sentPerSecond !== undefined && { sentPerSecond }),
		};
	}
}
