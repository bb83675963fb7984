import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { HealthChange } from '../../../src/core/health/health';
import { down, FakeService, MonitorWorld, policy, settle, up } from './world';

let world: MonitorWorld;

beforeEach(() => {
	world = new MonitorWorld();
	onTestFinished(() => world.monitor.dispose());
});

describe('the state of a service', () => {
	test('the first answer is enough for healthy, a single failure is not enough for down', async () => {
		const service = new FakeService('web');
		world.monitor.setServices([service]);
		expect(world.state('web')).toBe('unknown');
		world.monitor.lead(true);
		await world.pass(3_000);
		expect(world.state('web')).toBe('healthy');
		service.answer = down;
		await world.pass(31_000);
		expect([world.state('web'), service.looks]).toEqual(['healthy', 2]);
		expect(world.monitor.services[0]?.reason).toBe('It answers.');
		await world.pass(12_000);
		expect(world.state('web')).toBe('unhealthy');
		expect(world.monitor.services[0]?.reason).toBe('Connection refused.');
		service.answer = up;
		await world.monitor.check('web');
		expect([world.state('web'), world.monitor.services[0]?.reason]).toEqual(['unhealthy', 'Connection refused.']);
		await world.pass(7_000);
		expect(world.state('web')).toBe('healthy');
		expect(world.changes).toEqual([
			'web unknown > healthy (unasked)',
			'web healthy > unhealthy (unasked)',
			'web unhealthy > healthy (unasked)',
		]);
	});

	test('one that flickers does not change', async () => {
		const service = new FakeService('web');
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		for (let round = 0; round < 10; round++) {
			service.answer = down;
			await world.monitor.check('web');
			service.answer = up;
			await world.monitor.check('web');
		}
		expect(world.changes).toEqual(['web unknown > healthy (unasked)']);
	});

	test('slow answers make it degraded, not at once, and quick ones healthy', async () => {
		const service = new FakeService('web', { answer: { ...up, latencyMs: 4000 } });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		expect(world.state('web')).toBe('healthy');
		for (let look = 0; look < 2; look++) await world.monitor.check('web');
		expect(world.state('web')).toBe('degraded');
		service.answer = up;
		for (let look = 0; look < 2; look++) await world.monitor.check('web');
		expect(world.state('web')).toBe('healthy');
	});

	test('a dead service is looked at more and more rarely', async () => {
		const service = new FakeService('web', { answer: down });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(20_000);
		expect(world.state('web')).toBe('unhealthy');
		const before = service.looks;
		await world.pass(600_000);
		// Every 30 seconds would be 20.
		expect(service.looks - before).toBeLessThan(9);
		expect(service.looks - before).toBeGreaterThan(3);
	});

	test('a dead service is counted as down for as long as it is dead, however rarely it is looked at', async () => {
		world.monitor.setServices([new FakeService('web', { answer: down })]);
		world.monitor.lead(true);
		// Within one hour, which the clock of the tests begins.
		await world.pass(50 * 60_000);
		world.monitor.flush(0);
		const [hour] = world.events.flatMap(event => (event.type === 'health.recorded' ? [event] : []));
		expect(hour?.seconds.unhealthy).toBeGreaterThan(45 * 60);
	});

	test('one that throws is down, and one whose check rejects late is forgotten with the service', async () => {
		const service = new FakeService('web');
		service.check = () => Promise.reject(new Error('boom'));
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(20_000);
		expect([world.state('web'), world.monitor.services[0]?.reason]).toEqual(['unhealthy', 'boom']);
		world.monitor.setServices([]);
		expect(world.state('web')).toBe('gone');
		await expect(world.monitor.check('web')).rejects.toMatchObject({ code: 'health.unknown' });
	});
});

describe('a laptop that sleeps', () => {
	test('misses checks without making them up, and its first failures do not count', async () => {
		const services = Array.from({ length: 20 }, (_, index) => new FakeService(`s${index}`));
		world.monitor.setServices(services);
		world.monitor.lead(true);
		await world.pass(5_000);
		for (const service of services) service.answer = down;
		// Eight hours in which timers stand still.
		world.clock.wall += 8 * 3_600_000;
		await world.pass(31_000);
		expect(services.map(({ looks }) => looks).every(looks => looks <= 4)).toBe(true);
		for (const service of services) service.answer = up;
		await world.pass(40_000);
		expect(world.changes.filter(change => change.includes('unhealthy'))).toEqual([]);
		world.monitor.flush(0);
		const watched = world.events.flatMap(event =>
			event.type === 'health.recorded' && event.service === 's0' ? Object.values(event.seconds) : [],
		);
		expect(watched.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(120);
	});

	test('a wall clock that jumps back changes nothing', async () => {
		const service = new FakeService('web');
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(5_000);
		world.clock.wall -= 7 * 86_400_000;
		await world.pass(120_000);
		expect(world.state('web')).toBe('healthy');
		expect(world.changes).toHaveLength(1);
	});
});

describe('services that need others', () => {
	test('what stands behind a dead one is unreachable because of it', async () => {
		const docker = new FakeService('docker');
		const database = new FakeService('database', { needs: ['docker'] });
		const shop = new FakeService('shop', { needs: ['database'] });
		world.monitor.setServices([shop, database, docker]);
		world.monitor.lead(true);
		await world.pass(3_000);
		for (const service of [docker, database, shop]) service.answer = down;
		await world.pass(45_000);
		expect(['docker', 'database', 'shop'].map(id => world.state(id))).toEqual([
			'unhealthy',
			'unreachable',
			'unreachable',
		]);
		expect(world.monitor.services[0]?.reason).toBe('Unreachable because docker is down.');
	});

	test('one that fails before what it needs is known to is no alarm, nor when that comes back first', async () => {
		const docker = new FakeService('docker', { policy: { ...policy, intervalMs: 300_000 } });
		const shop = new FakeService('shop', { needs: ['docker'], policy: { ...policy, failures: 1 } });
		world.monitor.setServices([shop, docker]);
		world.monitor.lead(true);
		await world.pass(3_000);
		docker.answer = down;
		shop.answer = down;
		await world.monitor.check('shop');
		await settle();
		expect(world.state('shop')).toBe('healthy');
		await world.pass(20_000);
		expect([world.state('docker'), world.state('shop')]).toEqual(['unhealthy', 'unreachable']);
		docker.answer = up;
		await world.pass(310_000);
		expect([world.state('docker'), world.state('shop')]).toEqual(['healthy', 'unhealthy']);
		shop.answer = up;
		await world.pass(310_000);
		expect(world.changes.filter(change => change.startsWith('shop'))).toEqual([
			'shop unknown > healthy (unasked)',
			'shop healthy > unreachable (unasked)',
			'shop unreachable > unknown (unasked)',
			'shop unknown > unhealthy (unasked)',
			'shop unhealthy > healthy (unasked)',
		]);
	});

	test('in a ring of needs, each stands for itself', async () => {
		const left = new FakeService('left', { needs: ['right'], answer: down });
		const right = new FakeService('right', { needs: ['left'], answer: down });
		world.monitor.setServices([left, right]);
		world.monitor.lead(true);
		await world.pass(20_000);
		expect([world.state('left'), world.state('right')]).toEqual(['unhealthy', 'unhealthy']);
	});
});

describe('actions and intents', () => {
	test('a stop that was asked for is seen, and is no crash', async () => {
		const service = new FakeService('mcp');
		service.onAct = () => (service.answer = { outcome: 'idle', text: 'It is not started.', latencyMs: null });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		const changes: HealthChange[] = [];
		world.monitor.onDidChangeState(change => changes.push(change));
		const view = await world.monitor.act('mcp', 'stop', 'user');
		expect([view.state, view.isStopped, service.acted]).toEqual(['unknown', true, ['stop']]);
		expect(changes.map(({ previous, intent }) => [previous, intent])).toEqual([['healthy', 'user']]);
	});

	test('a start watches until the service runs', async () => {
		const service = new FakeService('mcp', {
			answer: { outcome: 'idle', text: 'It is not started.', latencyMs: null },
		});
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		const acting = world.monitor.act('mcp', 'start', 'runbook');
		await world.pass(5_000);
		service.answer = up;
		await world.pass(5_000);
		expect((await acting).state).toBe('healthy');
		expect(world.changes.at(-1)).toBe('mcp unknown > healthy (runbook)');
	});

	test('what is not reached in time is said', async () => {
		const service = new FakeService('mcp', { answer: down });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		const acting = world.monitor.act('mcp', 'restart', 'user');
		const failing = expect(acting).rejects.toMatchObject({ code: 'health.notReached' });
		await world.pass(60_000);
		await failing;
	});

	test('a crash right after a start that was seen to work is a crash', async () => {
		const service = new FakeService('mcp', { policy: { ...policy, failures: 1 } });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		await world.monitor.act('mcp', 'restart', 'user');
		service.answer = down;
		await world.monitor.check('mcp');
		expect(world.changes.at(-1)).toBe('mcp healthy > unhealthy (unasked)');
	});

	test('what could not be begun asked for nothing', async () => {
		const service = new FakeService('mcp', { policy: { ...policy, failures: 1 } });
		service.act = () => Promise.reject(new Error('refused'));
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		await expect(world.monitor.act('mcp', 'stop', 'user')).rejects.toThrow('refused');
		service.answer = down;
		await world.monitor.check('mcp');
		expect(world.changes.at(-1)).toBe('mcp healthy > unhealthy (unasked)');
	});

	test('nobody waits for a service once the window ends', async () => {
		const service = new FakeService('mcp', { answer: down });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		const acting = world.monitor.act('mcp', 'start', 'user');
		const ending = expect(acting).rejects.toThrow('Cancelled');
		await settle();
		world.monitor.dispose();
		await world.pass(1_000);
		await ending;
	});

	test('words of a server are kept to a length that can be read', async () => {
		const service = new FakeService('mcp', { answer: { ...up, text: 'x'.repeat(1_000_000) } });
		world.monitor.setServices([service]);
		world.monitor.lead(true);
		await world.pass(3_000);
		expect(JSON.stringify([world.events, world.monitor.recent('mcp')]).length).toBeLessThan(3_000);
	});

	test('nothing is looked at while the workspace is not trusted', async () => {
		const service = new FakeService('web');
		world.monitor.setServices([service]);
		world.monitor.switch(false);
		world.monitor.lead(true);
		await world.pass(90_000);
		expect(service.looks).toBe(0);
		await expect(world.monitor.check('web')).rejects.toMatchObject({ code: 'untrusted' });
		world.monitor.switch(true);
		await world.pass(3_000);
		expect(service.looks).toBe(1);
	});
});

describe('two windows', () => {
	test('the one that does not lead looks at nothing and shows what the other wrote down', async () => {
		const service = new FakeService('web');
		world.monitor.setServices([service]);
		world.monitor.adopt([
			{ at: 2, service: 'web', state: 'unhealthy', previous: 'healthy', reason: 'Refused.', intent: 'unasked' },
			{ at: 1, service: 'web', state: 'healthy', previous: 'unknown', reason: 'It answers.', intent: 'unasked' },
		]);
		await world.pass(90_000);
		expect([service.looks, world.state('web'), world.events]).toEqual([0, 'unhealthy', []]);
		world.monitor.lead(true);
		await world.pass(60_000);
		expect(world.state('web')).toBe('healthy');
		expect(world.changes).toEqual(['web unhealthy > healthy (unasked)']);
	});

	test('what belongs to a window is looked at there', async () => {
		const service = new FakeService('mcp', { isOfWindow: true });
		world.monitor.setServices([service]);
		await world.pass(3_000);
		expect(world.state('mcp')).toBe('healthy');
		service.answer = { ...down };
		service.policy = { ...policy, failures: 1 };
		service.poke();
		await settle();
		expect(service.looks).toBe(2);
	});
});
