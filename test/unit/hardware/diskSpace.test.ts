import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../src/core/base/async';
import { DiskSpaces, type FileSystemStatistics, type Mount } from '../../../src/core/hardware/diskSpace';
import { ManualClock } from '../../fakes/manualClock';
import { soon } from './soon';

const full: FileSystemStatistics = { bsize: 4096, blocks: 1000, bfree: 300, bavail: 200 };
const mount = (name: string, isRemote = false): Mount => ({ mount: name, device: name, type: 'ext4', isRemote });

describe('space of disks', () => {
	test('is told without what only the superuser may fill', async () => {
		const spaces = new DiskSpaces(new ManualClock(), () => Promise.resolve(full));
		expect(await spaces.read([mount('/')])).toEqual([
			{ mount: '/', device: '/', type: 'ext4', total: 4_096_000, free: 819_200, used: 2_867_200 },
		]);
	});

	test('a mount that hangs holds up no other, is not asked again while it hangs, and then only after minutes', async () => {
		const clock = new ManualClock();
		const asked: string[] = [];
		const answer = new Deferred<FileSystemStatistics>();
		const spaces = new DiskSpaces(clock, path => {
			asked.push(path);
			return path === '/mnt/models' ? answer.promise : Promise.resolve(full);
		});
		const mounts = [mount('/mnt/models', true), mount('/'), mount('/home')];
		const names = async (): Promise<readonly string[]> => (await spaces.read(mounts)).map(space => space.mount);
		const first = names();
		// The local ones are asked first, so only the last one is waited for.
		await soon(() => asked).toEqual(['/', '/home', '/mnt/models']);
		clock.advance(2_000);
		expect(await first).toEqual(['/', '/home']);
		expect(await names()).toEqual(['/', '/home']);
		clock.advance(3_600_000);
		expect(await names()).toEqual(['/', '/home']);
		expect(asked.filter(path => path === '/mnt/models')).toHaveLength(1);
		answer.resolve(full);
		await answer.promise;
		expect(await names()).toEqual(['/', '/home', '/mnt/models']);
	});

	test('several that hang take two threads and no more; one that is gone is left out', async () => {
		const clock = new ManualClock();
		const asked: string[] = [];
		const never = new Deferred<FileSystemStatistics>();
		const spaces = new DiskSpaces(clock, path => {
			asked.push(path);
			return path === '/gone' ? Promise.reject(new Error('ENOENT')) : never.promise;
		});
		const mounts = ['/a', '/b', '/c', '/d'].map(name => mount(name, true));
		const read = spaces.read([mount('/gone'), ...mounts]);
		for (const name of ['/a', '/b']) {
			await soon(() => asked).toContain(name);
			clock.advance(2_000);
		}
		expect(await read).toEqual([]);
		expect(asked).toEqual(['/gone', '/a', '/b']);
	});
});
