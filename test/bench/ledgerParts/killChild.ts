import { writeSync } from 'node:fs';
import { asId, newId, type ExecutionId, type HostId } from '../../../src/core/base/ids';
import { HostRegistration } from '../../../src/core/ledger/hosts';
import { JournalWriter } from '../../../src/core/ledger/journal/writer';

/** A window that writes until it is killed: sixteen turns at once, each id on stdout as soon as it is acknowledged. */
const [folder = '', name = ''] = process.argv.slice(2);
const host = asId<HostId>(name);
const registration = new HostRegistration(`${folder}/hosts`, host, 'kill');
const writer = new JournalWriter({
	folder,
	host,
	version: 'kill',
	maxSegmentBytes: 64 * 1024,
	onFirstAppend: () => registration.register(),
});

async function turns(): Promise<never> {
	for (;;) {
		const execution = newId<ExecutionId>();
		await writer.append({
			type: 'execution.started',
			execution,
			kind: 'chat',
			trigger: 'user',
			title: 'Killed',
			agent: null,
			project: null,
			provider: 'claude',
			model: 'm',
			conversation: null,
		});
		// A provisional figure first: it must never be counted beside the final one.
		for (const isFinal of [false, true]) {
			const counts = { input: 1, output: isFinal ? 2 : 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
			await writer.append({
				type: 'usage.recorded',
				execution,
				provider: 'claude',
				model: 'm',
				usage: counts,
				cost: isFinal ? 1000 : 500,
				basis: 'reported',
				isFinal,
				day: '2026-03-07',
			});
		}
		// At once and not through a stream: what is acknowledged must not die in a buffer of ours.
		writeSync(1, `${execution}\n`);
	}
}

await Promise.all(Array.from({ length: 16 }, turns));
