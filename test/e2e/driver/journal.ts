import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../../src/core/ledger/events.ts';
import { ledgerFolders } from '../../../src/core/ledger/journal/layout.ts';
import type { Place } from './place.ts';

/** Where the installed extension keeps what outlives a window. */
export function storageOf(place: Place): string {
	return join(place.home, 'data', 'User', 'globalStorage', 'quarterdeck.quarterdeck');
}

/** Everything that the windows of this editor have written so far. What a torn line held was never acknowledged. */
export function journalEvents(place: Place): readonly JournalEvent[] {
	const folder = ledgerFolders(join(storageOf(place), 'ledger')).journal;
	return readdirSync(folder)
		.filter(name => name.endsWith('.jsonl'))
		.flatMap(name => readFileSync(join(folder, name), 'utf8').split('\n'))
		.flatMap(line => {
			const json = line.slice('01234567 '.length);
			if (!json.endsWith('}')) return [];
			return [(JSON.parse(json) as { readonly event: JournalEvent }).event];
		});
}
