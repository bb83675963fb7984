import { expect, test } from 'vitest';
import { readServices, resolveNeeds } from '../../../src/core/health/userServices';
import { defaultRules } from '../../../src/core/health/alerts/defaultRules';
import { readRules, whyNever } from '../../../src/core/health/alerts/readRules';
import type { AlertRule } from '../../../src/core/health/alerts/rule';

function problemsOf(...raw: readonly unknown[]): readonly string[] {
	return readServices(raw, 'user').problems.map(({ entry, text }) => `${entry}: ${text}`);
}

test('services as they are written', () => {
	const { services, problems } = readServices(
		[
			{ name: 'Shop', kind: 'http', address: 'http://127.0.0.1:3000/health', status: [200, 204], slowSeconds: 2 },
			{ name: 'Database', kind: 'tcp', port: 5432, intervalSeconds: 10 },
			{ name: 'Compiler', kind: 'command', command: 'tsc', args: ['--version'] },
			{ name: 'Backup', kind: 'file', path: '~/backup.tar', youngerThanMinutes: 1440 },
			{ name: 'Automations', kind: 'n8n', address: 'http://127.0.0.1:5678/' },
			{ name: 'Pictures', kind: 'comfyui', address: 'http://127.0.0.1:8188' },
		],
		'user',
	);
	expect(problems).toEqual([]);
	expect(services.map(({ id, check }) => [id, check.kind])).toEqual([
		['user:Shop', 'http'],
		['user:Database', 'tcp'],
		['user:Compiler', 'command'],
		['user:Backup', 'file'],
		['n8n', 'http'],
		['comfyui', 'http'],
	]);
	expect(services[4]?.check).toMatchObject({ url: 'http://127.0.0.1:5678/healthz' });
	expect(services[1]?.policy).toEqual({ intervalMs: 10_000, failures: 3, successes: 2, slowMs: null });
});

test('what is wrong with an entry is a sentence, and does not take the others with it', () => {
	expect(
		problemsOf(
			7,
			{ name: 'A', kind: 'ftp' },
			{ name: 'B', kind: 'http', address: 'ftp://example.com' },
			{ name: 'C', kind: 'http', address: 'https://user:pass@example.com' },
			{ name: 'D', kind: 'tcp', port: 99_999 },
			{ name: 'E', kind: 'tcp', port: 22, intervalSeconds: 1 },
			{ name: 'F', kind: 'file', path: 'x', speed: 'fast' },
			{ name: ' ', kind: 'file', path: 'x' },
			{ name: 'G', kind: 'file', path: 'x' },
			{ name: 'G ', kind: 'file', path: 'y' },
		),
	).toMatchInlineSnapshot(`
		[
		  "Entry 1: It is no object.",
		  "A: “kind” is none of http, tcp, command, file, n8n and comfyui.",
		  "B: “address” is no address that begins with http:// or https:// and holds no name or password.",
		  "C: “address” is no address that begins with http:// or https:// and holds no name or password.",
		  "D: “port” is no port.",
		  "E: “intervalSeconds” is less than 5.",
		  "F: It has “speed”, which is not known.",
		  "Entry 8: “name” is empty.",
		  "G : There is another service of this name; this one is not watched.",
		]
	`);
});

test('settings of a workspace name nothing of the network that the user sits in', () => {
	const place = (address: string): number =>
		readServices([{ name: 'A', kind: 'http', address }], 'workspace').services.length;
	expect(['http://127.0.0.1:3000', 'http://localhost:3000', 'https://example.com'].map(place)).toEqual([1, 1, 1]);
	expect(['http://192.168.1.1', 'http://169.254.169.254', 'http://nas.local', 'http://intranet'].map(place)).toEqual([
		0, 0, 0, 0,
	]);
	const tcp = { name: 'A', kind: 'tcp', host: '10.0.0.5', port: 22 };
	expect(readServices([tcp], 'workspace').problems).toHaveLength(1);
	expect(readServices([tcp], 'user').problems).toEqual([]);
});

test('a workspace names no files of other machines, nobody thousands of services', () => {
	const file = { name: 'A', kind: 'file', path: String.raw`\\evil.example\share\x` };
	expect(readServices([file], 'workspace').problems).toHaveLength(1);
	expect(readServices([file, { ...file, name: 'B', path: '//evil/x' }], 'user').problems).toEqual([]);
	const many = Array.from({ length: 5_000 }, (_, index) => ({ name: `S${index}`, kind: 'tcp', port: 1 }));
	const { services, problems } = readServices(many, 'workspace');
	expect([services.length, problems.map(({ text }) => text)]).toEqual([
		100,
		['There are 5000 entries; only the first 100 are watched.'],
	]);
});

test('needs by name or id; one that is nobody is said', () => {
	const { services } = readServices(
		[
			{ name: 'Shop', kind: 'tcp', port: 1, needs: ['database', 'provider:ollama', 'nobody'] },
			{ name: 'Database', kind: 'tcp', port: 2 },
		],
		'user',
	);
	const resolved = resolveNeeds(services, [{ id: 'provider:ollama', name: 'Ollama' }]);
	expect(resolved.services[0]?.needs).toEqual(['user:Database', 'provider:ollama']);
	expect(resolved.problems.map(({ text }) => text)).toEqual([
		'It needs “nobody”, which is no service that is watched.',
	]);
});

function rulesOf(...raw: readonly unknown[]): ReturnType<typeof readRules> {
	return readRules(raw);
}

function ruleOf(id: string, ...raw: readonly unknown[]): AlertRule | undefined {
	return rulesOf(...raw).rules.find(({ rule }) => rule.id === id)?.rule;
}

test('the rules that are there can all fire', () => {
	expect(rulesOf().rules.map(({ problem }) => problem)).toEqual(defaultRules.map(() => null));
	expect(rulesOf().problems).toEqual([]);
});

test('a default is changed by its id, part by part', () => {
	expect(ruleOf('disk-full', { id: 'disk-full', atLeast: 70, of: '/home' })).toMatchObject({
		threshold: 70,
		clear: 70,
		of: ['/home'],
		worse: null,
		title: 'Disk almost full',
		isOwn: true,
	});
	expect(ruleOf('disk-full', { id: 'disk-full', mute: true })).toMatchObject({
		isMuted: true,
		threshold: 90,
		worse: { threshold: 95, severity: 'high' },
	});
});

test("a rule of the user's own", () => {
	expect(ruleOf('cold', { id: 'cold', on: 'cpu.temperature', below: 5, forSeconds: 10, severity: 'low' })).toEqual({
		id: 'cold',
		title: 'cold',
		on: 'cpu.temperature',
		of: [],
		compare: '<',
		threshold: 5,
		clear: 5,
		forMs: 10_000,
		clearForMs: 30_000,
		severity: 'low',
		worse: null,
		cooldownMs: 600_000,
		isMuted: false,
		isOwn: false,
	});
	expect(ruleOf('mcp', { id: 'mcp', on: 'service.state', is: 'degraded', of: 'mcp:*' })).toMatchObject({
		compare: '>=',
		threshold: 1,
	});
});

test('entries that cannot be used, and rules that can never fire', () => {
	expect(
		rulesOf(
			{ on: 'cpu.usage' },
			{ id: 'a', above: 3 },
			{ id: 'b', on: 'cpu.usage' },
			{ id: 'c', on: 'cpu.usage', above: 3, below: 4 },
			{ id: 'd', on: 'cpu.usage', above: 3, severity: 'awful' },
			{ id: 'e', on: 'cpu.usage', above: 3 },
			{ id: 'e', on: 'cpu.usage', above: 4 },
		).problems.map(({ entry, text }) => `${entry}: ${text}`),
	).toMatchInlineSnapshot(`
		[
		  "Entry 1: “id” is missing or of another kind than it should be.",
		  "a: It does not say what it is on, such as "service.state" or "cpu.usage".",
		  "b: It has no threshold: give it "above", "atLeast", "below", "atMost", or "is" for a state.",
		  "c: It has “above” and “below”; one of them is enough.",
		  "d: “severity” is missing or of another kind than it should be.",
		  "e: There is another entry of this id; this one is not used.",
		]
	`);
	const never = (entry: object): string | null => {
		const rule = ruleOf('x', { id: 'x', ...entry });
		return rule ? whyNever(rule) : 'not read';
	};
	expect(never({ on: 'cpu.usage', above: 100 })).toBe('It is never > 100: the most there can be is 100.');
	expect(never({ on: 'cpu.usage', atLeast: 100 })).toBeNull();
	expect(never({ on: 'memory.used', below: 0 })).toBe('It is never < 0: the least there can be is 0.');
	expect(never({ on: 'cpu.usage', above: 50, clear: 60 })).toBe('It would be over (60) before it begins (50).');
	expect(never({ on: 'disk.usage:/home', above: 50 })).toMatch(/without its colon/);
	expect(never({ on: 'cpu.magic', above: 50 })).toMatch(/^“cpu.magic” is nothing that is measured/);
	expect(never({ on: 'cpu.usage', above: 90, worse: { threshold: 80, severity: 'high' } })).toMatch(/comes before/);
});
