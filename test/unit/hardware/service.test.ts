import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Lazy } from '../../../src/core/base/async';
import { Emitter } from '../../../src/core/base/event';
import { silentLogger } from '../../../src/core/base/logger';
import type { Nvidia } from '../../../src/core/hardware/liveFeed';
import type { Sample } from '../../../src/core/hardware/sample';
import type { LedgerEvent } from '../../../src/core/ledger/events';
import type { Host } from '../../../src/extension/host/context';
import { ManualClock } from '../../fakes/manualClock';
import { soon } from './soon';

const fake = vi.hoisted(() => ({
	isTrusted: true,
	trusted: undefined as (() => void) | undefined,
	ports: [] as { tell: (message: unknown) => void }[],
}));

vi.mock('vscode', () => ({
	env: { remoteName: 'ssh-remote' },
	workspace: {
		get isTrusted() {
			return fake.isTrusted;
		},
		onDidGrantWorkspaceTrust: (listener: () => void) => {
			fake.trusted = listener;
			return { dispose: () => (fake.trusted = undefined) };
		},
	},
}));

vi.mock('../../../src/extension/host/workerHost', () => ({
	WorkerPort: class {
		readonly #messages = new Emitter<unknown>();
		readonly onMessage = this.#messages.event;
		readonly onDidExit = new Emitter<number>().event;

		constructor() {
			fake.ports.push({ tell: message => this.#messages.fire(message) });
		}

		post(): void {
			// Nobody asks this thread for anything that the test waits for.
		}

		dispose(): void {
			this.#messages.dispose();
		}
	},
}));

const { HardwareService } = await import('../../../src/extension/hardware/service');

beforeEach(() => {
	fake.isTrusted = true;
	fake.ports.length = 0;
});

const sample = (minute: number): Sample => ({
	at: minute * 60_000,
	cpu: { cores: 1, usage: 50 },
	memory: { total: 0, available: 0, used: 0 },
	disks: [],
	gpus: [],
});

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** One window on the ledger's folder that looks at the machine. */
function openWindow(ledgerFolder: string, nvidia = (): Promise<Nvidia> => Promise.reject(new Error('none'))) {
	const appended: LedgerEvent[] = [];
	const host = {
		clock: new ManualClock(),
		log: silentLogger,
		context: { asAbsolutePath: (path: string) => path },
	} as unknown as Host;
	const service = new HardwareService({
		host,
		ledgerFolder,
		nvidia: new Lazy(nvidia),
		supervisor: new Lazy(() => Promise.reject(new Error('not asked'))),
		ledger: new Lazy(() => Promise.reject(new Error('not asked'))),
		append: event => appended.push(event),
	});
	onTestFinished(() => service.dispose());
	service.feed.watch('gauge');
	const port = fake.ports.at(-1)!;
	const look = (minute: number): void => port.tell({ kind: 'event', name: 'sample', payload: sample(minute) });
	const minutes = (): readonly number[] =>
		appended.flatMap(event => (event.type === 'metrics.recorded' ? [event.minute] : []));
	return { service, look, minutes };
}

describe('minutes of the machine', () => {
	test('are recorded by one window, and by the next one when that has closed', async () => {
		const folder = temporaryFolder();
		const [first, second] = [openWindow(folder), openWindow(folder)];
		first.look(1);
		first.look(2);
		await soon(first.minutes).toEqual([1]);
		second.look(1);
		second.look(2);
		first.look(3);
		await soon(first.minutes).toEqual([1, 2]);
		expect(second.minutes()).toEqual([]);
		await first.service.stop();
		second.look(3);
		second.look(4);
		await soon(second.minutes).toContain(3);
	});

	test('are not recorded in a workspace that is not trusted, and no program is started there', async () => {
		fake.isTrusted = false;
		let asked = 0;
		const { look, minutes } = openWindow(temporaryFolder(), () => {
			asked++;
			return Promise.reject(new Error('none'));
		});
		look(1);
		look(2);
		await Promise.resolve();
		expect([minutes(), asked]).toEqual([[], 0]);
		fake.isTrusted = true;
		fake.trusted?.();
		await soon(() => asked).toBe(1);
		look(3);
		await soon(minutes).toEqual([2]);
	});
});
