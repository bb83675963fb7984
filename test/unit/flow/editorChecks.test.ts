import { expect, test } from 'vitest';
import { ExpectedError } from '../../../src/core/base/errors';
import { checkedEditor } from '../../../src/core/flow/editorChecks';
import type { FlowEditorContract } from '../../../src/core/flow/editorProtocol';
import type { Handlers } from '../../../src/core/rpc/rpc';

type Calls = readonly (readonly [string, unknown])[];

/** Handlers that note what reaches them. `openText` fails with an offer. */
function editor(): { readonly call: (name: string, params: unknown) => Promise<unknown>; readonly calls: Calls } {
	const calls: (readonly [string, unknown])[] = [];
	const names = ['openText', 'openDefinition', 'extract', 'importN8n', 'editParam', 'openLink', 'ports', 'runAction'];
	const handlers = Object.fromEntries(
		names.map(name => [
			name,
			(params: unknown) => {
				calls.push([name, params]);
				if (name !== 'openText') return;
				const actions = [{ title: 'Manage Trust', command: 'workbench.trust.manage' }];
				throw new ExpectedError('untrusted', 'Not here.', { actions });
			},
		]),
	);
	const checked = checkedEditor(handlers as unknown as Handlers<FlowEditorContract>) as unknown as Record<
		string,
		(params: unknown) => Promise<unknown>
	>;
	return { calls, call: (name, params) => checked[name]!(params) };
}

test.each([
	['openDefinition', {}],
	['openDefinition', { node: '../x\n' }],
	['extract', { nodes: 'all' }],
	['extract', { nodes: [1] }],
	['importN8n', { text: 3 }],
	['editParam', { node: 'a' }],
	['openLink', { href: 'x'.repeat(5000) }],
	['ports', { nodes: [{ type: 'a' }] }],
	['runAction', null],
	['runAction', { title: 'a', command: ['b'] }],
])('%s does not take %j', async (name, params) => {
	const { call, calls } = editor();
	await expect(call(name, params)).rejects.toThrow(`does not take`);
	expect(calls).toEqual([]);
});

test('a page runs those commands alone that an error has offered to it', async () => {
	const { call, calls } = editor();
	const action = { title: 'Manage Trust', command: 'workbench.trust.manage' };
	await expect(call('runAction', action)).rejects.toThrow('does not take');
	await expect(call('openText', { node: null })).rejects.toThrow('Not here.');
	await call('runAction', action);
	await expect(call('runAction', { ...action, args: ['quarterdeck'] })).rejects.toThrow('does not take');
	await expect(
		call('runAction', { title: 'Allow', command: 'quarterdeck.approvals.allow', args: ['a'] }),
	).rejects.toThrow('does not take');
	expect(calls.map(([name]) => name)).toEqual(['openText', 'runAction']);
});
