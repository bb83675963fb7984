import { createServer, type Server } from 'node:http';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Editor, type Theme } from './driver/editor.ts';
import { journalEvents } from './driver/journal.ts';
import { until } from './driver/until.ts';

const themes: readonly Theme[] = ['light', 'dark', 'contrast'];
const patience = 45_000;
let editor: Editor;
let server: Server;
let port = 0;

async function serve(on: number): Promise<void> {
	server = createServer((request, response) => {
		response.writeHead(request.url === '/health' ? 200 : 404).end('{"status":"ok"}');
	});
	await new Promise<void>(resolve => server.listen(on, '127.0.0.1', resolve));
	port = (server.address() as { readonly port: number }).port;
}

async function kill(): Promise<void> {
	server.closeAllConnections();
	await new Promise(resolve => server.close(resolve));
}

beforeAll(async () => {
	await serve(0);
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
		},
	});
});

afterAll(async () => {
	await editor?.close();
	await kill();
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

test('the page tells why, when and how it was', async () => {
	await (await editor.row('Alerts', 'Shop is down')).click();
	const page = await editor.surface('health');
	await page
		.getByRole('region', { name: 'Why: Shop is down' })
		.getByText(/Rule: Service down: service.state unhealthy/)
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
