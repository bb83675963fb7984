import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import schema from '../../../media/policy.schema.json' with { type: 'json' };
import { parsePolicy } from '../../../src/core/safety/policyFile';
import { PolicyStore } from '../../../src/core/safety/policyStore';
import { policyView } from '../../../src/core/safety/policyView';
import { tieredTools } from '../../../src/core/safety/tiers';
import { context } from './context';

let folder = '';
let changes = 0;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'quarterdeck-policy-'));
	mkdirSync(join(folder, '.quarterdeck'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string): void {
	const path = join(folder, '.quarterdeck', 'policy.json');
	writeFileSync(path, text);
	// Two writes in one tick of the disk's clock would look like one.
	utimesSync(path, 1, ++changes);
}

test('a file counts from the moment it is written, and no longer than it is there', () => {
	const store = new PolicyStore();
	expect(store.policies([folder])).toEqual([]);
	write('{"tools": {"WebFetch": "RED"}}');
	expect(store.policies([folder])).toMatchObject([{ tools: { WebFetch: 'RED' } }]);
	write('{"tools": {"WebFetch": "BLACK"}}');
	expect(store.policies([folder])).toMatchObject([{ tools: { WebFetch: 'BLACK' } }]);
	rmSync(join(folder, '.quarterdeck'), { recursive: true });
	expect(store.policies([folder])).toEqual([]);
});

test('a file that breaks leaves in force what held before, and says so', () => {
	const store = new PolicyStore();
	write('{"tools": {"WebFetch": "RED"}}');
	store.policies([folder]);
	write('{"tools": {');
	const [file] = store.files([folder]);
	expect(file).toMatchObject({ exists: true, policy: { tools: { WebFetch: 'RED' } } });
	expect(file?.problems).toHaveLength(1);
});

test('a folder in its place, and a file that is too large, are problems and no crash', () => {
	const store = new PolicyStore();
	write(' '.repeat(1_100_000));
	expect(store.files([folder])[0]?.problems[0]?.message).toContain('megabyte');
	rmSync(join(folder, '.quarterdeck', 'policy.json'));
	mkdirSync(join(folder, '.quarterdeck', 'policy.json'));
	expect(store.files([folder])[0]?.problems[0]?.message).toContain('cannot be read');
});

test('the schema that the editor checks knows what the reader knows', () => {
	const known = Object.keys(schema.properties);
	for (const name of known) {
		const { problems } = parsePolicy(JSON.stringify({ [name]: 5 }), folder);
		expect(problems.filter(({ message }) => message.includes('means nothing')).map(() => name)).toEqual([]);
	}
	expect(parsePolicy('{"somethingElse": 1}', folder).problems).toHaveLength(1);
	expect(known).not.toContain('somethingElse');
});

test('the view shows every tool of the table once', () => {
	const view = policyView({ context, serverTools: [], grants: [], whereOf: () => '', files: [] });
	const names = view.groups.flatMap(group => group.tools.map(({ name }) => name));
	expect([...names].sort()).toEqual(Object.keys(tieredTools()).sort());
	expect(view.places.every(({ globs, why }) => globs.length > 0 && why !== '')).toBe(true);
});
