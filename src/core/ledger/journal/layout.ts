import { join } from 'node:path';
import type { HostId } from '../../base/ids';

/** Where the ledger keeps what, below its folder. */
export interface LedgerFolders {
	readonly journal: string;
	readonly blobs: string;
	readonly hosts: string;
	readonly rejected: string;
	readonly leases: string;
	readonly snapshot: string;
	/** Names this journal, so that a snapshot of another one is not mistaken for its own. */
	readonly identity: string;
}

export function ledgerFolders(folder: string): LedgerFolders {
	return {
		journal: join(folder, 'journal'),
		blobs: join(folder, 'blobs'),
		hosts: join(folder, 'hosts'),
		rejected: join(folder, 'rejected'),
		leases: join(folder, 'journal'),
		snapshot: join(folder, 'projection.snapshot'),
		identity: join(folder, 'journal', 'identity'),
	};
}

/** `<host>-<n>.jsonl`, written by one host alone. */
export function segmentName(host: HostId, number: number): string {
	return `${host}-${number}.jsonl`;
}

const sealedPrefix = 'sealed-';

/** `sealed-<id>.jsonl`, written as a whole by a rewrite and never appended to. */
export function sealedName(id: string): string {
	return `${sealedPrefix}${id}.jsonl`;
}

export function isSegment(name: string): boolean {
	return name.endsWith('.jsonl');
}

export function isSealed(name: string): boolean {
	return name.startsWith(sealedPrefix) && isSegment(name);
}

/** The host that may still append to a segment; `undefined` for sealed ones and foreign names. */
export function hostOfSegment(name: string): HostId | undefined {
	if (isSealed(name)) return undefined;
	return /^(.+)-\d+\.jsonl$/.exec(name)?.[1] as HostId | undefined;
}
