import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Emitter } from '../../../src/core/base/event';
import type { Json } from '../../../src/core/base/json';
import { cellText, partAt, tableOf, type Fetched } from '../../../src/core/dashboard/topics/feed';
import { readInbox } from '../../../src/core/dashboard/topics/inbox';
import type { FetchPorts } from '../../../src/core/tools/web/guardedFetch';
import { ManualClock } from '../../fakes/manualClock';

vi.mock('vscode', () => ({ workspace: { isTrusted: true } }));
const { FeedReader, feedPorts } = await import('../../../src/extension/dashboard/sources/feed');

describe('a part of an answer', () => {
	const value: Json = {
		data: { items: [{ name: 'a', 'long name': 1 }, { name: 'b' }] },
		zero: 0,
		no: false,
		none: null,
	};

	test.each([
		['', value],
		['$', value],
		['data.items[1].name', 'b'],
		['$.data.items[0].name', 'a'],
		['data["items"][-1].name', 'b'],
		["data.items[0]['long name']", 1],
		['data.items.1.name', 'b'],
		['zero', 0],
		['no', false],
		['none', null],
		['data.items[2]', undefined],
		['none.more', undefined],
		['constructor', undefined],
		['data.items.length', undefined],
	])('%s', (path, part) => expect(partAt(value, path)).toEqual(part));

	test('any path of any value leads somewhere or nowhere', () => {
		fc.assert(fc.property(fc.jsonValue(), fc.string(), (any, path) => void partAt(any as Json, path)));
	});

	test('tables: of records, of values, of one record; of nothing else', () => {
		const most = { rows: 2, columns: 2 };
		expect(tableOf([{ a: 1 }, { b: [2] }, { c: 3 }], most)).toEqual({
			columns: ['a', 'b'],
			rows: [
				['1', ''],
				['', '[2]'],
			],
		});
		expect(tableOf([1, null, 'x'], most)).toEqual({ columns: ['Value'], rows: [['1'], ['–']] });
		expect(tableOf({ a: true }, most)).toEqual({ columns: ['Name', 'Value'], rows: [['a', 'true']] });
		expect([tableOf(1, most), tableOf([], most)]).toEqual([undefined, { columns: [], rows: [] }]);
		expect(cellText('x'.repeat(300))).toHaveLength(201);
	});
});

describe('an inbox', () => {
	test('each feed by its own names; the important first, then the newest', () => {
		const messages = readInbox({
			emails: [
				{ Sender: { email: 'ci@example.com' }, Title: 'old', importance: 'LOW', timestamp: 1_700_000_000 },
				{
					from: 'Grace',
					subject: 'new',
					body: 'text',
					priority: 9,
					received_at: '2026-01-15T12:00:00Z',
					suggested_reply: 'Yes',
					url: 'https://example.com/1',
				},
				{ subject: 'link', url: 'javascript:alert(1)', importance: 0.75 },
				{ importance: 'high' },
				'no message',
				null,
			],
		});
		expect(messages.map(({ subject, importance }) => [subject, importance])).toEqual([
			['new', 'critical'],
			['link', 'high'],
			['old', 'low'],
		]);
		expect(messages[0]).toMatchObject({
			from: 'Grace',
			reply: 'Yes',
			link: 'https://example.com/1',
			at: Date.UTC(2026, 0, 15, 12),
		});
		expect(messages[1]).toMatchObject({ link: '', at: null });
		expect(messages[2]).toMatchObject({ from: 'ci@example.com', at: 1_700_000_000_000 });
	});

	test('what is no feed is said; any JSON is read or refused', () => {
		expect(() => readInbox({ error: 'no' })).toThrow('not with a list of messages');
		expect(readInbox([])).toEqual([]);
		fc.assert(
			fc.property(fc.jsonValue(), any => {
				try {
					readInbox(any as Json);
				} catch (error) {
					expect(String(error)).toContain('not with a list');
				}
			}),
		);
	});
});

describe('asking an address', () => {
	let server: Server;
	let origin: string;
	let answer: (path: string) => {
		readonly status?: number;
		readonly headers?: Record<string, string>;
		readonly body?: string;
	};
	let asked: string[];
	let clock: ManualClock;
	let allowed: Set<string>;
	let allow: Emitter<void>;
	const opened: { dispose(): void }[] = [];

	beforeEach(async () => {
		asked = [];
		clock = new ManualClock();
		allow = new Emitter<void>();
		answer = () => ({ body: '{"value":1}' });
		server = createServer((request, response) => {
			asked.push(`${request.method} ${request.url}`);
			const { status = 200, headers = {}, body = '' } = answer(request.url ?? '');
			response.writeHead(status, headers).end(body);
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		allowed = new Set([origin]);
	});

	afterEach(() => {
		for (const each of opened.splice(0)) each.dispose();
		allow.dispose();
		server.close();
		server.closeAllConnections();
	});

	const ports: FetchPorts = {
		agent: 'test',
		isAllowed: () => false,
		lookup: host => Promise.resolve([{ address: host === 'localhost' ? '127.0.0.1' : '169.254.169.254', family: 4 }]),
	};

	function read(url: string, seconds = 60): { readonly told: Fetched[]; readonly failures: string[] } {
		const told: Fetched[] = [];
		const failures: string[] = [];
		const sink = {
			tell: (data: Fetched) => told.push(data),
			add: () => undefined,
			fail: (error: unknown) => failures.push(String(error)),
		};
		opened.push(
			new FeedReader({ url, seconds }, sink, {
				clock,
				isAllowed: name => allowed.has(name),
				onDidAllow: allow.event,
				fetchPorts: address => feedPorts(address, ports),
			}),
		);
		return { told, failures };
	}

	test('JSON as what it is, anything else as text, again at its pace', async () => {
		const { told } = read(`${origin}/a`);
		await vi.waitFor(() => expect(told).toEqual([{ value: { value: 1 }, at: clock.now() }]));
		answer = () => ({ body: 'all is well' });
		clock.advance(59_999);
		expect(asked).toEqual(['GET /a']);
		clock.advance(1);
		await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ value: 'all is well' }));
	});

	test('nothing is asked before the user has allowed the server, and at once afterwards', async () => {
		allowed.clear();
		const { told } = read(`${origin}/a`);
		expect(told).toEqual([{ askAbout: origin }]);
		clock.advance(600_000);
		expect(asked).toEqual([]);
		allowed.add(origin);
		allow.fire();
		await vi.waitFor(() => expect(told).toHaveLength(2));
	});

	test.each([
		['a private address', 'http://10.0.0.1/'],
		['the metadata of a machine', 'http://169.254.169.254/latest'],
		['a name that leads to it', 'http://rebound.example.com/'],
	])('%s is refused although it was allowed', async (_, url) => {
		allowed.add(new URL(url).origin);
		const { failures } = read(url);
		await vi.waitFor(() => expect(failures[0]).toContain('not on the public internet'));
	});

	test.each(['', 'ftp://127.0.0.1', 'file:///etc/passwd', 'nonsense'])('“%s” is no address', url => {
		expect(read(url).failures[0]).toContain('is no web address');
	});

	test('it follows nobody elsewhere', async () => {
		answer = () => ({ status: 302, headers: { location: `${origin}/b` } });
		const { failures } = read(`${origin}/a`);
		await vi.waitFor(() => expect(failures[0]).toContain('sends on to another address'));
		expect(asked).toEqual(['GET /a']);
	});

	test('who is asked already is not asked once more when another one is allowed', async () => {
		const { told } = read(`${origin}/a`);
		await vi.waitFor(() => expect(told).toHaveLength(1));
		allow.fire();
		const other = read(`${origin}/b`);
		await vi.waitFor(() => expect(other.told).toHaveLength(1));
		expect(asked).toEqual(['GET /a', 'GET /b']);
	});

	test('an answer that is nested without an end is refused: it could not be sent to a page', async () => {
		answer = () => ({ body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` });
		const { told, failures } = read(`${origin}/a`);
		await vi.waitFor(() => expect(failures[0]).toContain('nested'));
		expect(told).toEqual([]);
	});

	test('a failure is told, and so is an answer that is too large', async () => {
		answer = path => (path === '/large' ? { body: 'x'.repeat(300_000) } : { status: 502 });
		const failing = read(`${origin}/a`);
		const large = read(`${origin}/large`);
		await vi.waitFor(() => expect(failing.failures[0]).toContain('answered with status 502'));
		await vi.waitFor(() => expect(large.failures[0]).toContain('more than 256 KB'));
	});

	test('nothing is asked any more when nobody looks', async () => {
		const { told } = read(`${origin}/a`);
		await vi.waitFor(() => expect(told).toHaveLength(1));
		opened.splice(0).forEach(each => each.dispose());
		clock.advance(600_000);
		expect(asked).toHaveLength(1);
	});
});
