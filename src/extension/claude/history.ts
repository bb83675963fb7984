import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HistoryContract } from '../../core/claude/history/protocol';
import { configFolders } from '../../core/claude/history/paths';
import type { SessionHistory } from '../../core/chat/deps';
import { connect } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import { WorkerPort } from '../host/workerHost';

/** Asks the history worker. It lives as long as one question: transcripts are read rarely, and are large. */
export function sessionHistory({ context, log, settings }: Host): SessionHistory {
	const ask = async <K extends keyof HistoryContract['requests']>(
		name: K,
		params: HistoryContract['requests'][K]['params'],
	): Promise<HistoryContract['requests'][K]['result']> => {
		const port = new WorkerPort(context.asAbsolutePath(join('dist', 'workers', 'history.js')), log);
		const client = connect<HistoryContract>(port, 60_000);
		try {
			return await client.call(name, params);
		} finally {
			client.dispose();
			port.dispose();
		}
	};
	const folders = configFolders(process.env, homedir());
	return {
		usage: (cwd, session, since) =>
			ask('usage', { folders, cwd, session, since, prices: settings.get('costs.prices') }),
		sessions: cwd => ask('sessions', { folders, cwd, limit: 200 }),
		conversation: (cwd, session) => ask('conversation', { folders, cwd, session }),
	};
}
