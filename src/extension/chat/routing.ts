import * as vscode from 'vscode';
import type { Conversation } from '../../core/chat/conversation';
import type { RouteAsk } from '../../core/chat/deps';
import { routeAsk } from '../../core/chat/routing/ask';
import { explainMarkdown } from '../../core/chat/routing/explain';
import { readRules, whenText, type RoutingRule } from '../../core/chat/routing/rules';
import type { Host } from '../host/context';
import type { Loops } from './loops';

type RoutingPorts = { readonly host: Host; readonly loops: () => Promise<Loops> };

/** The newest message of a conversation, as Auto saw it or would see it. */
export function lastAsk(conversation: Conversation): RouteAsk {
	const items = conversation.snapshot(1_000).items;
	const at = items.findLastIndex(item => item.kind === 'user');
	const prompt = items[at];
	if (prompt?.kind === 'user') return routeAsk(conversation.id, items.slice(0, at + 1), prompt);
	return { conversation: conversation.id, text: '', attachments: [], last: null, historyLength: 0 };
}

/** Shows why Auto chooses what it chooses for a prompt. */
export async function explainChoice({ loops }: RoutingPorts, ask: RouteAsk): Promise<void> {
	const { result, problems } = await (await loops()).explain(ask);
	const content = explainMarkdown(ask.text, result, problems);
	const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
	await vscode.commands.executeCommand('markdown.showPreview', document.uri);
}

const up: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('arrow-up'), tooltip: 'Earlier' };
const down: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('arrow-down'), tooltip: 'Later' };
const remove: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: 'Remove' };

interface RuleItem extends vscode.QuickPickItem {
	readonly rule?: number;
	readonly run?: () => Promise<void>;
}

/** The rules of Auto: read, ordered, removed and tried here, edited in the settings. */
export async function editRules(ports: RoutingPorts, ask: RouteAsk): Promise<void> {
	const { settings } = ports.host;
	const picker = vscode.window.createQuickPick<RuleItem>();
	picker.title = 'Rules of Auto, in their order: the first that holds and has a model that is running decides';
	picker.placeholder = 'Pick a rule to see it in the settings';
	picker.matchOnDescription = true;
	const show = (): void => {
		const { rules } = readRules(settings.get('routing.rules'));
		picker.items = [
			...rules.map(ruleItem),
			{ label: '', kind: vscode.QuickPickItemKind.Separator },
			...actions(ports, ask, rules),
		];
	};
	show();
	const store = [
		picker.onDidTriggerItemButton(({ item, button }) => {
			if (item.rule === undefined) return;
			void settings
				.set('routing.rules', changed(readRules(settings.get('routing.rules')).rules, item.rule, button))
				.then(show);
		}),
		picker.onDidAccept(() => {
			const [item] = picker.selectedItems;
			picker.hide();
			(item?.run ?? openRules)().catch((error: unknown) => ports.host.commands.showFailure(error));
		}),
		picker.onDidHide(() => {
			for (const listening of store) listening.dispose();
			picker.dispose();
		}),
	];
	picker.show();
}

function ruleItem(rule: RoutingRule, index: number): RuleItem {
	return {
		label: `${index + 1}. ${rule.name}`,
		description: whenText(rule),
		detail: `→ ${rule.use.join(', then ')}`,
		buttons: [up, down, remove],
		rule: index,
	};
}

function actions(ports: RoutingPorts, ask: RouteAsk, rules: readonly RoutingRule[]): readonly RuleItem[] {
	const { settings } = ports.host;
	return [
		{
			label: '$(beaker) Try a Message…',
			description: 'which model would answer, and why',
			run: async () => {
				const text = await vscode.window.showInputBox({ prompt: 'A message, as you would write it' });
				if (text !== undefined) await explainChoice(ports, { ...ask, text, attachments: [] });
			},
		},
		{
			label: '$(settings-gear) Edit in the Settings',
			run: async () => {
				// Written out, so that there is something to edit.
				if (settings.get('routing.rules').length === 0) await settings.set('routing.rules', rules);
				await openRules();
			},
		},
		{ label: '$(discard) Back to the Rules It Came With', run: () => settings.set('routing.rules', []) },
	];
}

async function openRules(): Promise<void> {
	const revealSetting = { key: 'quarterdeck.routing.rules' };
	await vscode.commands.executeCommand('workbench.action.openSettingsJson', { revealSetting });
}

function changed(rules: readonly RoutingRule[], at: number, button: vscode.QuickInputButton): readonly RoutingRule[] {
	if (button === remove) return rules.toSpliced(at, 1);
	const to = button === up ? at - 1 : at + 1;
	const [rule, other] = [rules[at], rules[to]];
	return rule && other ? rules.with(at, other).with(to, rule) : rules;
}
