import { describe, expect, test } from 'vitest';
import { CancelledError, ExpectedError } from '../../../src/core/base/errors';
import { asId, type ConversationId } from '../../../src/core/base/ids';
import type { Classification } from '../../../src/core/safety/approval';
import { Grants, type StoredGrant } from '../../../src/core/safety/grants';
import { classify } from '../../../src/core/safety/classify';
import { context, cwd } from './context';
import { conversation, execution, gateForTest } from './gateForTest';

const bash = (command: string): Classification => classify({ tool: 'Bash', input: { command }, cwd }, context);
const request = (command: string) => ({
	tool: 'Bash',
	classification: bash(command),
	conversation,
	asker: 'Fix',
	execution,
	step: null,
});
const codeOf = (run: () => void): string => {
	try {
		run();
	} catch (error) {
		if (ExpectedError.is(error)) return error.code;
		throw error;
	}
	return 'none';
};

describe('pending approvals', () => {
	test('YELLOW takes a click, is journaled and gone', async () => {
		const { approvals, events } = gateForTest();
		const ended: string[] = [];
		approvals.onDidEnd(end => ended.push(end.outcome));
		const { view, decision } = approvals.add(request('npm test'), new AbortController().signal);
		expect(approvals.pending).toEqual([view]);
		expect(view).toMatchObject({ tier: 'YELLOW', word: null, needsModal: false, effect: 'npm test', asker: 'Fix' });
		approvals.decide(view.id, { outcome: 'allow', scope: 'once' });
		expect(await decision).toEqual({ outcome: 'allow', scope: 'once' });
		expect([approvals.pending, ended]).toEqual([[], ['allowed']]);
		expect(events).toEqual([
			{
				type: 'approval.requested',
				approval: view.id,
				execution,
				conversation,
				tool: 'Bash',
				tier: 'YELLOW',
				effect: 'npm test',
			},
			{ type: 'approval.decided', approval: view.id, decision: 'allowed', by: 'user', reason: null },
		]);
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'once' }))).toBe('approvalEnded');
	});

	test('ORANGE wants its word, and a wrong one keeps it pending', async () => {
		const { approvals } = gateForTest();
		const { view, decision } = approvals.add(request('git push origin main'), new AbortController().signal);
		expect(view).toMatchObject({
			tier: 'ORANGE',
			word: 'anchor',
			grants: ['once', 'session'],
			grantLabel: 'git push origin',
		});
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'once' }))).toBe('wrongWord');
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'once', word: 'anchors' }))).toBe(
			'wrongWord',
		);
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'workspace', word: 'anchor' }))).toBe(
			'grantNotOffered',
		);
		expect(approvals.pending).toHaveLength(1);
		approvals.decide(view.id, { outcome: 'allow', scope: 'session', word: ' Anchor ' });
		expect(await decision).toMatchObject({ outcome: 'allow' });
	});

	test('the word never stands in the call, nor is it used twice at once', () => {
		const { approvals } = gateForTest();
		const signal = new AbortController().signal;
		const words = ['git push origin anchor', 'git push', 'git push'].map(
			line => approvals.add(request(line), signal).view.word,
		);
		expect(words).toEqual(['apricot', 'anchor', 'arbour']);
	});

	test('RED wants the modal, each time', () => {
		const { approvals } = gateForTest();
		const { view } = approvals.add(request('git reset --hard'), new AbortController().signal);
		expect(view).toMatchObject({ tier: 'RED', needsModal: true, word: null, grants: ['once'], grantLabel: null });
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'once' }))).toBe('needsConfirmation');
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'allow', scope: 'session' }, { isConfirmed: true }))).toBe(
			'grantNotOffered',
		);
		approvals.decide(view.id, { outcome: 'allow', scope: 'once' }, { isConfirmed: true });
		expect(approvals.pending).toEqual([]);
	});

	test('an approval ends with its call', async () => {
		const { approvals, events } = gateForTest();
		const call = new AbortController();
		const { view, decision } = approvals.add(request('npm test'), call.signal);
		call.abort();
		await expect(decision).rejects.toBeInstanceOf(CancelledError);
		expect(approvals.pending).toEqual([]);
		expect(events.at(-1)).toMatchObject({
			type: 'approval.decided',
			approval: view.id,
			decision: 'expired',
			by: 'policy',
		});
		const late = approvals.add(request('npm test'), call.signal);
		await expect(late.decision).rejects.toBeInstanceOf(CancelledError);
		expect(approvals.pending).toEqual([]);
	});

	test('closing ends all that wait', async () => {
		const { approvals } = gateForTest();
		const { decision } = approvals.add(request('npm test'), new AbortController().signal);
		approvals.dispose();
		await expect(decision).rejects.toBeInstanceOf(CancelledError);
	});

	test('an answer of another kind is not taken', () => {
		const { approvals } = gateForTest();
		const { view } = approvals.add(request('npm test'), new AbortController().signal);
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'answer', answers: {} }))).toBe('wrongAnswer');
		expect(codeOf(() => approvals.decide(view.id, { outcome: 'plan', mode: 'default' }))).toBe('wrongAnswer');
	});
});

function memory(start: readonly StoredGrant[] = []) {
	let stored = start;
	return { load: () => stored, save: (next: readonly StoredGrant[]) => void (stored = next) };
}

describe('grants', () => {
	test('a session grant holds in its conversation until that ends', () => {
		const grants = new Grants(memory());
		grants.add('session', bash('npm test && git add .'), conversation);
		expect(grants.covers(bash('npm test -- --watch'), conversation)).toBe('session');
		expect(grants.covers(bash('git add src'), conversation)).toBe('session');
		expect(grants.covers(bash('npm test && git commit -m x'), conversation)).toBeUndefined();
		expect(grants.covers(bash('npm test'), asId<ConversationId>('other'))).toBeUndefined();
		grants.endConversation(conversation);
		expect(grants.covers(bash('npm test'), conversation)).toBeUndefined();
	});

	test('never covers a worse tier with the same words', () => {
		const grants = new Grants(memory());
		for (const line of ['git push origin main', 'npm test', 'rm a.ts', 'echo a > b'])
			grants.add('session', bash(line), conversation);
		expect(grants.covers(bash('git push origin topic'), conversation)).toBe('session');
		for (const line of [
			'git push origin --force',
			'git push other',
			'git push origin; git push other',
			'npm test > ~/x',
			'rm -rf src',
			'rm b.ts',
			'sudo npm test',
			'PATH=/tmp/x:$PATH npm test',
			'echo a > ~/.bashrc',
		]) {
			expect(grants.covers(bash(line), conversation), line).toBeUndefined();
		}
	});

	test('a workspace grant is kept, listed and revoked, and is YELLOW alone', () => {
		const store = memory();
		const grants = new Grants(store, () => 5);
		grants.add('workspace', bash('npm test'), conversation);
		grants.add('workspace', bash('git push'), conversation);
		expect(store.load()).toEqual([{ part: 'YELLOW Bash npm test', label: 'npm test', grantedAt: 5 }]);
		const again = new Grants(store);
		expect(again.covers(bash('npm test'), null)).toBe('workspace');
		const [grant] = again.list();
		expect(grant).toMatchObject({ scope: 'workspace', label: 'npm test' });
		expect([again.revoke(grant!.id), again.revoke(grant!.id), store.load()]).toEqual([true, false, []]);
	});

	test('a store that somebody edited is not believed', () => {
		const forged = [
			{ part: 'ORANGE Bash git push', label: 'x', grantedAt: 1 },
			null,
			{ part: 4 },
		] as unknown as StoredGrant[];
		const grants = new Grants(memory(forged));
		expect(grants.list()).toEqual([]);
		expect(grants.covers(bash('git push'), conversation)).toBeUndefined();
	});
});
