import { createServer, type IncomingHttpHeaders } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { asId } from '../../../src/core/base/ids';
import { channelCall, channelUrl, mayReach, sendToChannel } from '../../../src/core/health/alerts/channel';
import type { Alert } from '../../../src/core/ledger/machineEvents';

const alert: Alert = {
	id: asId('a'),
	rule: 'gpu-hot',
	severity: 'critical',
	state: 'firing',
	title: 'GPU 0 is at 97 °C',
	cause: 'GPU too hot: over 95 °C.',
	subject: 'gpu.temperature:0',
	startedAt: 0,
	endedAt: null,
	until: null,
	by: 'rule',
};
const sender = { agent: 'test', allowsLocal: false };
const never = new AbortController().signal;

test('addresses that alerts may go to', () => {
	expect(channelUrl('ntfy', 'my-machine', false)).toBe('https://ntfy.sh/my-machine');
	expect(channelUrl('ntfy', 'https://ntfy.example.com/ops', false)).toBe('https://ntfy.example.com/ops');
	expect(channelUrl('webhook', 'http://127.0.0.1:9000/hook', false)).toBe('http://127.0.0.1:9000/hook');
	for (const bad of [
		'hook',
		'http://example.com/hook',
		'https://user:pass@example.com/hook',
		'https://example.com/hook?token=abc',
		'file:///etc/passwd',
	])
		expect(() => channelUrl('webhook', bad, false), bad).toThrow(/^Alerts are not sent to/);
});

test('an address of a private network is refused, also behind a name', async () => {
	const send = (url: string): Promise<void> =>
		sendToChannel(channelCall('webhook', url, [alert], alert.title, undefined), sender, never);
	for (const url of ['https://192.168.1.1/x', 'https://169.254.169.254/x', 'https://localhost.localdomain/x'])
		await expect(send(url), url).rejects.toMatchObject({ name: 'ExpectedError' });
});

test('an address of the local network may be allowed: without encryption it must be one, and metadata is none', () => {
	expect(channelUrl('ntfy', 'http://192.168.1.5/ops', true)).toBe('http://192.168.1.5/ops');
	const reached = (url: string, allowsLocal: boolean): readonly string[] =>
		[
			'93.184.215.14',
			'2606:2800:21f::1',
			'192.168.1.5',
			'100.100.1.1',
			'fd00::5',
			'::ffff:10.0.0.1',
			'169.254.169.254',
			'fe80::1',
			'127.0.0.1',
			'::1',
		].filter(address => mayReach(url, address, allowsLocal));
	const open = ['93.184.215.14', '2606:2800:21f::1'];
	const local = ['192.168.1.5', '100.100.1.1', 'fd00::5'];
	expect(reached('https://ntfy.lan/ops', false)).toEqual(open);
	expect(reached('https://ntfy.lan/ops', true)).toEqual([...open, ...local]);
	expect(reached('http://ntfy.lan/ops', true)).toEqual(local);
	expect(reached('http://ntfy.lan/ops', false)).toEqual([]);
	expect(reached('http://localhost/ops', true)).toEqual(['127.0.0.1', '::1']);
});

test('what is sent: the token as a header, the alert as words and as JSON', async () => {
	const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			got.push({ headers: request.headers, body });
			if (request.url === '/redirect') response.writeHead(302, { location: 'https://example.com/' }).end();
			else response.writeHead(request.url === '/refused' ? 403 : 200).end();
		});
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	const { port } = server.address() as { readonly port: number };
	const address = (path: string): string => `http://127.0.0.1:${port}${path}`;
	await sendToChannel(channelCall('webhook', address('/hook'), [alert], alert.title, 'abc'), sender, never);
	await sendToChannel(channelCall('ntfy', address('/topic'), [alert], alert.title, undefined), sender, never);
	expect(got[0]?.headers.authorization).toBe('Bearer abc');
	expect(JSON.parse(got[0]!.body)).toMatchObject({ title: alert.title, alerts: [{ rule: 'gpu-hot' }] });
	expect(got[1]).toMatchObject({ body: alert.cause, headers: { priority: '5' } });
	expect(got[1]?.headers['title']).toMatch(/^=\?UTF-8\?B\?/);
	const refused = sendToChannel(channelCall('webhook', address('/refused'), [alert], '', undefined), sender, never);
	await expect(refused).rejects.toThrow('answered an alert with status 403');
	const moved = sendToChannel(channelCall('webhook', address('/redirect'), [alert], '', undefined), sender, never);
	await expect(moved).rejects.toMatchObject({ name: 'ExpectedError' });
});
