import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Lazy } from '../../../src/core/base/async';
import { systemClock } from '../../../src/core/base/clock';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { silentLogger } from '../../../src/core/base/logger';
import { noUsage } from '../../../src/core/ledger/events';
import type { ExecutionRow, Ledger } from '../../../src/core/ledger/queries';
import { Secrets } from '../../../src/extension/host/secrets';
import { Settings } from '../../../src/extension/host/settings';
import { ExecutionsProvider } from '../../../src/extension/ledger/executionsProvider';
import type { FilterState } from '../../../src/extension/ledger/filterState';
import type { TreeRow } from '../../../src/extension/ledger/treeRow';
import type { HostTests } from '../harness';

/** Our classes against the real settings, secrets and tree items of the host. */
export function serviceTests(context: vscode.ExtensionContext | undefined): HostTests {
	return {
		'a setting that is changed is read and told, and its default comes back': settingIsFollowed,
		'a workspace can lower a limit of the user and cannot raise it': limitsAreLoweredOnly,
		'executions become rows that VS Code can draw': executionsAreRows,
		...(context ? { 'a secret is kept, told and forgotten': () => secretIsKept(context.secrets) } : {}),
	};
}

async function settingIsFollowed(): Promise<void> {
	const settings = new Settings();
	const changed = new Promise<ReadonlySet<string>>(resolve => settings.onDidChange(resolve));
	const configuration = vscode.workspace.getConfiguration('quarterdeck');
	try {
		assert.equal(settings.get('chat.effort'), 'default');
		await configuration.update('chat.effort', 'high', vscode.ConfigurationTarget.Global);
		assert.ok((await changed).has('chat.effort'));
		assert.equal(settings.get('chat.effort'), 'high');
		await configuration.update('chat.effort', undefined, vscode.ConfigurationTarget.Global);
		assert.equal(settings.get('chat.effort'), 'default');
	} finally {
		settings.dispose();
	}
}

async function limitsAreLoweredOnly(): Promise<void> {
	const settings = new Settings();
	const write = async (user: number | undefined, workspace: number | undefined): Promise<void> => {
		const configuration = vscode.workspace.getConfiguration('quarterdeck');
		await configuration.update('loop.maxSteps', user, vscode.ConfigurationTarget.Global);
		await configuration.update('loop.maxSteps', workspace, vscode.ConfigurationTarget.Workspace);
	};
	try {
		for (const [user, workspace, limit] of [
			[undefined, undefined, 50],
			[undefined, 20, 20],
			[undefined, 500, 50],
			[undefined, 0, 50],
			[undefined, -1, 50],
			[100, 80, 80],
			[10, undefined, 10],
			[0, 200, 200],
			[0, undefined, 0],
		] as const) {
			await write(user, workspace);
			assert.equal(settings.limit('loop.maxSteps', 0), limit, `user ${user}, workspace ${workspace}`);
		}
	} finally {
		await write(undefined, undefined);
		settings.dispose();
	}
}

async function secretIsKept(storage: vscode.SecretStorage): Promise<void> {
	const secrets = new Secrets(storage);
	const key = 'provider.host-test.key';
	const told: string[] = [];
	secrets.onDidChange(name => told.push(name));
	try {
		assert.equal(await secrets.get(key), undefined);
		await secrets.set(key, 'not a real key');
		assert.equal(await secrets.get(key), 'not a real key');
		await secrets.set(key, '');
		assert.equal(await secrets.get(key), undefined);
		assert.ok(told.every(name => name === key) && told.length > 0);
	} finally {
		secrets.dispose();
	}
}

async function executionsAreRows(): Promise<void> {
	const row: ExecutionRow = {
		id: asId<ExecutionId>('00000000-0000-4000-8000-000000000001'),
		kind: 'chat',
		trigger: 'user',
		status: 'succeeded',
		title: 'Fix the build',
		agent: null,
		project: null,
		provider: 'claude',
		model: 'claude-sonnet-5',
		conversation: null,
		startedAt: Date.now() - 5000,
		endedAt: Date.now(),
		error: null,
		usage: noUsage,
		cost: 20_000_000,
		basis: 'reported',
		stepCount: 2,
	};
	const ledger = { query: async () => [row], onDidChange: () => ({ dispose: () => undefined }) } as unknown as Ledger;
	const tree = new ExecutionsProvider({
		ledger: new Lazy(async () => ledger),
		chat: { isRunningHere: () => false } as never,
		flows: { isRunningHere: () => false } as never,
		clock: systemClock,
		log: silentLogger,
		filter: { value: {}, onDidChange: () => ({ dispose: () => undefined }) } as unknown as FilterState,
		view: {
			visible: true,
			onDidChangeVisibility: () => ({ dispose: () => undefined }),
		} as unknown as vscode.TreeView<TreeRow>,
	});
	try {
		const [day] = await tree.getChildren();
		assert.ok(day);
		assert.equal(tree.getTreeItem(day).label, 'Today');
		const [run] = await tree.getChildren(day);
		assert.ok(run);
		const item = tree.getTreeItem(run);
		assert.ok(item instanceof vscode.TreeItem);
		assert.equal(typeof item.label === 'string' ? item.label : item.label?.label, 'Fix the build');
		assert.ok(item.iconPath instanceof vscode.ThemeIcon);
		assert.equal(tree.getParent(run), day);
	} finally {
		tree.dispose();
	}
}
