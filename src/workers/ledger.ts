import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { toDisposable } from '../core/base/lifecycle';
import { hostLedger } from '../core/ledger/host';
import { LedgerService } from '../core/ledger/service';
import { sqlJsEngine } from '../core/storage/sqlJs';

if (!parentPort) throw new Error('ledger.ts runs as a worker thread');
const port = parentPort;
const engine = sqlJsEngine(fileURLToPath(new URL('./sql-wasm.wasm.br', import.meta.url)));
hostLedger(new LedgerService({ engine: () => engine.get() }), {
	post: message => port.postMessage(message),
	onMessage(listener) {
		port.on('message', listener);
		return toDisposable(() => port.off('message', listener));
	},
});
