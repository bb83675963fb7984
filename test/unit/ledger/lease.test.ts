import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Lease } from '../../../src/core/ledger/lease';
import { ownIdentity } from '../../../src/core/storage/processIdentity';
import { temporaryFolder } from './support';

test('one of many that ask at once gets the lease, and it keeps it', async () => {
	const folder = temporaryFolder();
	const leases = Array.from({ length: 20 }, () => new Lease(folder, 'retention'));
	const won = await Promise.all(leases.map(lease => lease.tryAcquire()));
	expect(won.filter(Boolean)).toHaveLength(1);
	const holder = leases[won.indexOf(true)]!;
	expect(await holder.isHeld()).toBe(true);
	expect(await leases.find(lease => lease !== holder)!.tryAcquire()).toBe(false);
	await holder.release();
	expect(await holder.isHeld()).toBe(false);
	const again = await Promise.all(leases.map(lease => lease.tryAcquire()));
	expect(again.filter(Boolean)).toHaveLength(1);
	expect(readdirSync(folder)).toHaveLength(1);
});

test('leases of other names stand beside it', async () => {
	const folder = temporaryFolder();
	expect(await new Lease(folder, 'schedules').tryAcquire()).toBe(true);
	expect(await new Lease(folder, 'checks').tryAcquire()).toBe(true);
});

test.each([
	[
		'of a process that ended',
		() => ({ ...ownIdentity(), pid: spawnSync(process.execPath, ['-e', '']).pid, token: 'x' }),
	],
	['of a process whose pid somebody else has now', () => ({ ...ownIdentity(), start: 'long ago', token: 'x' })],
])('the lease %s is taken over by one', async (_name, content) => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, 'lease-retention-7.json'), JSON.stringify(content()));
	const won = await Promise.all(Array.from({ length: 10 }, () => new Lease(folder, 'retention').tryAcquire()));
	expect(won.filter(Boolean)).toHaveLength(1);
	expect(readdirSync(folder)).toEqual(['lease-retention-8.json']);
});

test('a lease of another machine, or one that is just being written, is respected while it is fresh', async () => {
	const folder = temporaryFolder();
	writeFileSync(
		join(folder, 'lease-a-1.json'),
		JSON.stringify({ pid: 1, start: '', machine: 'elsewhere', token: 'x' }),
	);
	writeFileSync(join(folder, 'lease-b-1.json'), '');
	expect(await new Lease(folder, 'a').tryAcquire()).toBe(false);
	expect(await new Lease(folder, 'b').tryAcquire()).toBe(false);
});
