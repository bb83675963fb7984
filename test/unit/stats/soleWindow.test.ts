import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Deferred } from '../../../src/core/base/async';
import { silentLogger } from '../../../src/core/base/logger';
import { Lease } from '../../../src/core/ledger/lease';
import { AddressFile } from '../../../src/extension/stats/address';
import { SoleWindow } from '../../../src/extension/stats/soleWindow';
import { ManualClock } from '../../fakes/manualClock';

function folder(): string {
	const path = mkdtempSync(join(tmpdir(), 'qd-stats-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

interface FakeWindow {
	readonly sole: SoleWindow;
	isOn: boolean;
	isWanted: boolean;
}

function windowOf(leases: string, clock: ManualClock): FakeWindow {
	const state: FakeWindow = {
		isOn: false,
		isWanted: true,
		sole: new SoleWindow({
			lease: new Lease(leases, 'stats'),
			clock,
			log: silentLogger,
			isWanted: () => state.isWanted,
			begin: () => {
				state.isOn = true;
				return Promise.resolve();
			},
			end: () => {
				state.isOn = false;
				return Promise.resolve();
			},
		}),
	};
	onTestFinished(() => state.sole.stop());
	return state;
}

test('one window of two serves; when it ends or does not want to any more, the other one does', async () => {
	const leases = folder();
	const clock = new ManualClock();
	const [first, second] = [windowOf(leases, clock), windowOf(leases, clock)];
	await first.sole.look();
	await second.sole.look();
	expect([first.isOn, second.isOn]).toEqual([true, false]);
	await first.sole.stop();
	await vi.waitFor(() => {
		clock.advance(5_000);
		expect([first.isOn, second.isOn]).toEqual([false, true]);
	});
	second.isWanted = false;
	await second.sole.look();
	const third = windowOf(leases, clock);
	await third.sole.look();
	expect([second.isOn, third.isOn]).toEqual([false, true]);
});

test('a window that could not begin tries again', async () => {
	const clock = new ManualClock();
	let tries = 0;
	const sole = new SoleWindow({
		lease: new Lease(folder(), 'stats'),
		clock,
		log: silentLogger,
		isWanted: () => true,
		begin: () => Promise.reject(new Error(`try ${++tries}`)),
		end: () => Promise.resolve(),
	});
	onTestFinished(() => sole.stop());
	await sole.look();
	await vi.waitFor(() => {
		clock.advance(5_000);
		expect(tries).toBeGreaterThan(1);
	});
});

test('another one begins only after the first one has ended, also where that takes a while', async () => {
	const leases = folder();
	const clock = new ManualClock();
	const happened: string[] = [];
	const ending = new Deferred<void>();
	const windowNamed = (name: string, end: () => Promise<void>): SoleWindow => {
		const begin = (): Promise<void> => Promise.resolve(void happened.push(`${name} begins`));
		const lease = new Lease(leases, 'stats');
		const sole = new SoleWindow({ lease, clock, log: silentLogger, isWanted: () => true, begin, end });
		onTestFinished(() => sole.stop());
		return sole;
	};
	const first = windowNamed('first', async () => {
		await ending.promise;
		happened.push('first has ended');
	});
	const second = windowNamed('second', () => Promise.resolve());
	await first.look();
	const stopped = first.stop();
	await vi.waitFor(async () => {
		await second.look();
		expect(happened).toEqual(['first begins']);
	});
	ending.resolve();
	await stopped;
	await second.look();
	expect(happened).toEqual(['first begins', 'first has ended', 'second begins']);
});

test('where the server is, for other windows', async () => {
	const file = new AddressFile(join(folder(), 'stats', 'address.json'));
	expect(await file.read()).toBeUndefined();
	await file.write(8766);
	expect(await file.read()).toBe(8766);
	await file.write(undefined);
	await file.write(undefined);
	expect(await file.read()).toBeUndefined();
});
