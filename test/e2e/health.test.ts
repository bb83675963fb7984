import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
const patience = 120_000;
let editor: Editor;
let server: Server;
let port = 0;
/** Stands for ntfy and for a webhook of the user's. */
let receiver: Server;
let receivedAs = 200;
const received: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];

async function receive(): Promise<number> {
	receiver = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			received.push({ path: request.url ?? '', headers: request.headers, body });
			response.writeHead(receivedAs).end();
		});
	});
	await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
	return (receiver.address() as AddressInfo).port;
}

async function serve(on: number): Promise<void> {
	server = createServer((request, response) => {
		response.writeHead(request.url === '/health' ? 200 : 404).end('{"status":"ok"}');
	});
	await new Promise<void>(resolve => server.listen(on, '127.0.0.1', resolve));
	port = (server.address() as AddressInfo).port;
}

async function kill(): Promise<void> {
	server.closeAllConnections();
	await new Promise(resolve => server.close(resolve));
}

beforeAll(async () => {
	await serve(0);
	const at = `http://127.0.0.1:${await receive()}`;
	const common = { kind: 'http', intervalSeconds: 5, failures: 2, successes: 1 };
	const address = `http://127.0.0.1:${port}/health`;
	editor = await Editor.start({
		extensions: inject('extensions'),
		hasClaude: false,
		settings: {
			'quarterdeck.health.services': [
				{ ...common, name: 'Shop', address, json: { path: 'status', equals: 'ok' } },
				{ ...common, name: 'Checkout', address, needs: ['Shop'] },
				{ name: 'Broken entry', kind: 'tcp' },
			],
			'quarterdeck.alerts.ntfyTopic': `${at}/ops`,
			'quarterdeck.alerts.webhook': `${at}/hook`,
		},
	});
});

afterAll(async () => {
	await editor?.close();
	await kill();
	receiver.closeAllConnections();
	receiver.close();
});

async function row(title: string, text: RegExp): Promise<string> {
	return until(
		`a row ${String(text)} in ${title}`,
		async () => (await editor.rows(title)).find(label => text.test(label)),
		patience,
	);
}

async function pictures(name: string): Promise<void> {
	for (const theme of themes) {
		await editor.setTheme(theme);
		await editor.page.mouse.move(900, 500);
		await editor.screenshot(`${name}-${theme}`);
	}
}

/** Nothing of the page may have to be scrolled sideways. */
async function fits(page: Frame): Promise<void> {
	const wide = await page.evaluate(() =>
		[document.documentElement, ...document.querySelectorAll('.health-page, .health-page section')]
			.filter(part => part.scrollWidth > part.clientWidth + 1)
			.map(part => part.className || part.tagName),
	);
	expect(wide).toEqual([]);
}

test('a token of alerts is set for one of the two', async () => {
	await editor.command('Quarterdeck Alerts: Set Token for Alerts…');
	await editor.pickInput('ntfy');
	const secret = editor.page.locator('.quick-input-widget input[type=password]');
	await secret.fill('not-a-real-token');
	await secret.press('Enter');
	await editor.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
});

test('services of the setting are watched, and an entry that cannot be used is named', async () => {
	await row('Services', /Service Shop, healthy/);
	await row('Services', /Service Checkout, healthy/);
	await row('Services', /Setting Broken entry: “port”/);
	expect(await editor.rows('Alerts')).toEqual([]);
});

test('one that is killed is seen with its reason, told of once, and what needs it is no alarm of its own', async () => {
	await kill();
	await row('Services', /Service Shop, down, Nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
	await row('Services', /Service Checkout, unreachable, Unreachable because Shop is down/);
	const toast = editor.notifications().filter({ hasText: 'Shop is down' });
	await toast.waitFor({ timeout: patience });
	expect(await editor.notifications().count()).toBe(1);
	expect(await toast.innerText()).toContain('ECONNREFUSED');
	await row('Alerts', /High alert: Shop is down/);
	await editor.expand('Services');
	await pictures('health-down');
	await toast.getByRole('button', { name: 'Acknowledge' }).click();
	await row('Alerts', /High alert: Shop is down, acknowledged/);
});

test('it is sent once to the ntfy topic and to the webhook, with its severity and its cause', async () => {
	await until('a message to each', () => received.length >= 2, patience);
	const [hook, ntfy] = received.toSorted((left, right) => left.path.localeCompare(right.path));
	expect(ntfy).toMatchObject({ path: '/ops', headers: { title: 'Shop is down', priority: '4' } });
	expect(ntfy?.body).toMatch(/^Nothing listens at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.$/);
	expect(hook?.path).toBe('/hook');
	expect(JSON.parse(hook?.body ?? '')).toMatchObject({
		source: 'quarterdeck',
		title: 'Shop is down',
		alerts: [{ rule: 'service-down', severity: 'high', title: 'Shop is down', cause: ntfy?.body }],
	});
	const decided = journalEvents(editor.place).flatMap(event => (event.type === 'gate.decided' ? [event] : []));
	const said = decided.map(({ effect, decision, by }) => `${effect.replace(/:\d+/, '')}: ${decision} by ${by}`);
	expect(said.toSorted((left, right) => left.localeCompare(right))).toEqual([
		'POST http://127.0.0.1/hook: allowed by settings',
		'POST http://127.0.0.1/ops: allowed by settings',
	]);
});

test('a token goes to the one it was set for', () => {
	const [hook, ntfy] = received.toSorted((left, right) => left.path.localeCompare(right.path));
	expect([ntfy?.headers.authorization, hook?.headers.authorization]).toEqual(['Bearer not-a-real-token', undefined]);
});

test('the page tells why, when and how it was', async () => {
	await (await editor.row('Alerts', 'Shop is down')).click();
	const page = await editor.surface('health');
	await page
		.getByRole('region', { name: 'Why: Shop is down' })
		.getByText(/Rule: Service down: Service unhealthy/)
		.waitFor();
	const detail = page.getByRole('region', { name: 'Shop', exact: true });
	await detail.getByText('Checkout').waitFor();
	await detail
		.getByText(/^Its answer|ECONNREFUSED/)
		.first()
		.waitFor();
	await detail.getByRole('region', { name: 'The last 24 hours' }).waitFor({ timeout: 90_000 });
	await page.getByRole('button', { name: /Rules of alerts/ }).click();
	await page.getByText('GPU too hot').waitFor();
	await page.getByRole('button', { name: /Rules of alerts/ }).click();
	await fits(page);
	await pictures('health-page');
	await editor.page.setViewportSize({ width: 660, height: 900 });
	await until('a narrow page', () => page.evaluate(() => window.innerWidth < 330));
	await fits(page);
	await pictures('health-page-300');
	await editor.page.setViewportSize({ width: 1280, height: 900 });
});

test('it comes back, and the alert is over', async () => {
	await serve(port);
	await row('Services', /Service Shop, healthy/);
	await row('Services', /Service Checkout, healthy/);
	await until('no open alert', async () => {
		const rows = await editor.rows('Alerts');
		return rows.some(label => label.startsWith('History')) && !rows.some(label => label.startsWith('High'));
	});
	const events = journalEvents(editor.place);
	const states = events.flatMap(event => (event.type === 'alert.changed' ? [event.alert.state] : []));
	expect(states).toEqual(['firing', 'acknowledged', 'resolved']);
	const changes = events.flatMap(event =>
		event.type === 'health.changed' && event.service === 'user:Shop' ? [event.state] : [],
	);
	expect(changes).toEqual(['healthy', 'unhealthy', 'healthy']);
	await editor.screenshot('health-back');
});

async function goDown(): Promise<void> {
	await kill();
	await row('Services', /Service Shop, down/);
}

async function comeBack(): Promise<void> {
	await serve(port);
	await row('Services', /Service Shop, healthy/);
}

/** Presses a button of a row, which is there while the mouse is over it. */
async function pressOn(title: string, text: RegExp, button: string): Promise<void> {
	const there = await editor.row(title, text);
	await there.hover();
	await there.locator(`[aria-label^="${button}"]`).click();
}

function toast(text: string | RegExp): Locator {
	return editor.notifications().filter({ hasText: text });
}

test('it is snoozed, acknowledged and resolved in the tree; soon after the last time nobody is told again', async () => {
	await goDown();
	await row('Alerts', /High alert: Shop is down, just now/);
	await pressOn('Alerts', /Shop is down/, 'Snooze');
	await editor.pickInput('1 hour');
	await row('Alerts', /High alert: Shop is down, snoozed until \d\d:\d\d/);
	await pressOn('Alerts', /Shop is down/, 'Acknowledge');
	await row('Alerts', /High alert: Shop is down, acknowledged/);
	await pressOn('Alerts', /Shop is down/, 'Mark as Resolved');
	await until('no open alert', async () => !(await editor.rows('Alerts')).some(label => label.startsWith('High')));
	expect([await toast('Shop is down').count(), received.length]).toEqual([0, 2]);
});

test('its rule is muted with a way back', async () => {
	await comeBack();
	await goDown();
	await row('Alerts', /High alert: Shop is down/);
	await (await editor.row('Alerts', 'Shop is down')).click();
	await editor.command('Quarterdeck Alerts: Mute Rule');
	await toast('“Service down” is muted.').waitFor({ timeout: patience });
	await until('no open alert', async () => !(await editor.rows('Alerts')).some(label => label.startsWith('High')));
	await editor.screenshot('health-muted');
	await toast('“Service down” is muted.').getByRole('button', { name: 'Undo' }).click();
	await row('Alerts', /High alert: Shop is down/);
	await comeBack();
}, 180_000);

test('why there is no sound is said where it would be played elsewhere', async () => {
	await editor.command('Quarterdeck Alerts: Test Alert Sound');
	await toast(/the sound would be played (?:there|at the machine that serves it), so it is not played/).waitFor();
	await editor.screenshot('health-no-sound');
	await editor.command('Notifications: Clear All Notifications');
});

/** Told of each time; and the machine that tests run on may be short of anything. */
const quickly = [
	{ id: 'service-down', cooldownMinutes: 0 },
	...['disk-full', 'memory-full', 'gpu-hot'].map(id => ({ id, mute: true })),
];

test('a target that fails, and a private address that nobody allowed, are told of once', async () => {
	receivedAs = 500;
	received.length = 0;
	await editor.changeSettings({
		'quarterdeck.alerts.rules': quickly,
		'quarterdeck.alerts.webhook': 'https://192.168.7.7/hook',
	});
	await row('Services', /Service Shop, healthy/);
	await goDown();
	await toast(/127\.0\.0\.1:\d+ answered an alert with status 500/).waitFor({ timeout: patience });
	await toast('Alerts are not sent to 192.168.7.7: it is not on the public internet').waitFor({ timeout: patience });
	await editor.screenshot('health-not-sent');
	expect(received.map(({ path }) => path)).toEqual(['/ops']);
	await editor.command('Notifications: Clear All Notifications');
	await comeBack();
	await goDown();
	await toast('Shop is down').waitFor({ timeout: patience });
	await until('a second try', () => received.length >= 2, patience);
	await comeBack();
	expect(await toast(/status 500|public internet/).count()).toBe(0);
}, 240_000);

test('what the gate asks is asked, and nothing leaves before', async () => {
	receivedAs = 200;
	received.length = 0;
	await editor.changeSettings({
		'quarterdeck.alerts.rules': quickly,
		'quarterdeck.alerts.webhook': '',
		'quarterdeck.safety.raiseTiers': { quarterdeck_http_request: 'RED' },
	});
	await row('Services', /Service Shop, healthy/);
	await goDown();
	await row('Approvals', /POST http:\/\/127\.0\.0\.1:\d+\/ops/);
	expect(received).toEqual([]);
	await pressOn('Approvals', /POST http/, 'Allow Once');
	await editor
		.dialog()
		.getByRole('button', { name: /^Allow/ })
		.click();
	await until('the message', () => received.length === 1, patience);
	expect(received[0]?.headers).toMatchObject({ title: 'Shop is down' });
}, 180_000);
