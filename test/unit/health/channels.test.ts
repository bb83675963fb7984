import { createServer } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '../../../src/core/base/logger';
import type { Alert } from '../../../src/core/ledger/machineEvents';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { Channels } from '../../../src/extension/health/channels';
import { ManualClock } from '../../fakes/manualClock';
import { gateForTest } from '../safety/gateForTest';
import { anAlert } from './anAlert';

interface World {
	readonly channels: Channels;
	readonly gate: ReturnType<typeof gateForTest>;
	readonly bodies: string[];
	readonly failures: string[];
	readonly clock: ManualClock;
	status: number;
}

/** A webhook on this machine, and channels that send to it. */
async function open(context: Partial<SafetyContext> = {}, setting?: string): Promise<World> {
	const bodies: string[] = [];
	const failures: string[] = [];
	const clock = new ManualClock();
	const gate = gateForTest({ context });
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			bodies.push(body);
			response.writeHead(world.status).end();
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { readonly port: number };
	const webhook = setting ?? `http://127.0.0.1:${port}/hook`;
	const host = {
		clock,
		log: silentLogger,
		settings: { byPlace: (key: string) => [key === 'alerts.webhook' ? webhook : '', ''] },
		secrets: { get: () => Promise.resolve(undefined) },
		commands: { showFailure: (error: Error) => Promise.resolve(void failures.push(error.message)) },
		context: { extension: { packageJSON: { version: '1.0.0' } } },
	};
	const channels = new Channels(host as never, () => Promise.resolve(gate.gate));
	onTestFinished(() => {
		channels.dispose();
		server.closeAllConnections();
		server.close();
	});
	const world: World = { channels, gate, bodies, failures, clock, status: 200 };
	return world;
}

const titles = ({ bodies }: World): readonly (readonly string[])[] =>
	bodies.map(body => (JSON.parse(body) as { readonly alerts: readonly Alert[] }).alerts.map(({ title }) => title));

test('an alert arrives once, without the secrets that a server put into it, and is in the journal', async () => {
	const world = await open();
	world.channels.send([anAlert({ cause: 'Refused: password=correct-horse-battery-staple9' })]);
	await vi.waitUntil(() => world.bodies.length === 1);
	expect(titles(world)).toEqual([['Shop is down']]);
	expect(world.bodies[0]).not.toContain('correct-horse');
	expect(world.gate.events).toMatchObject([{ type: 'gate.decided', decision: 'allowed', by: 'settings' }]);
	expect(world.gate.approvals.pending).toEqual([]);
});

test('where a rule wants more, a person is asked once, and what comes meanwhile goes together', async () => {
	const world = await open({ raisedTiers: { quarterdeck_http_request: 'RED' } });
	world.channels.send([anAlert()]);
	const asked = await vi.waitUntil(() => world.gate.approvals.pending[0]);
	expect(asked).toMatchObject({ asker: 'Alerts', effect: expect.stringContaining('/hook') });
	world.channels.send([anAlert({ title: 'Ollama is down' })]);
	expect(world.gate.approvals.pending).toHaveLength(1);
	world.gate.approvals.decide(asked.id, { outcome: 'allow', scope: 'once' }, { isConfirmed: true });
	await vi.waitUntil(() => world.bodies.length === 1);
	expect(titles(world)).toEqual([['Shop is down', 'Ollama is down']]);
});

test('whoever said no is not asked again', async () => {
	const world = await open({ raisedTiers: { quarterdeck_http_request: 'RED' } });
	world.channels.send([anAlert()]);
	const asked = await vi.waitUntil(() => world.gate.approvals.pending[0]);
	world.gate.approvals.decide(asked.id, { outcome: 'refuse', reason: 'Not there.' });
	await vi.waitUntil(() => world.failures.length === 1);
	world.channels.send([anAlert()]);
	world.clock.advance(2 * 60 * 60_000);
	world.channels.send([anAlert()]);
	await vi.waitFor(() => expect([world.gate.approvals.pending, world.bodies]).toEqual([[], []]));
	expect(world.failures).toHaveLength(1);
});

test('a target that fails is told of once an hour; a private address is refused', async () => {
	const world = await open();
	world.status = 500;
	for (let time = 1; time <= 3; time++) {
		world.channels.send([anAlert()]);
		await vi.waitUntil(() => world.bodies.length === time);
	}
	await vi.waitUntil(() => world.failures.length > 0);
	expect(world.failures).toEqual([expect.stringContaining('status 500')]);
	const other = await open({}, 'https://192.168.7.7/hook');
	other.channels.send([anAlert()]);
	await vi.waitUntil(() => other.failures.length > 0);
	expect(other.failures[0]).toBe(
		'Alerts are not sent to 192.168.7.7: it is not on the public internet. For one in your own network turn on “Allow Local Network”.',
	);
});
