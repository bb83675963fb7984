import * as vscode from 'vscode';
import { Owner } from '../../core/base/lifecycle';
import type { Conversation } from '../../core/chat/conversation';
import type { RouteAsk } from '../../core/chat/deps';
import { routeAsk } from '../../core/chat/routing/ask';
import { explainMarkdown, type EarlierChoice } from '../../core/chat/routing/explain';
import { readRules, whenText, type RoutingRule } from '../../core/chat/routing/rules';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { showMarkdown } from '../host/showMarkdown';
import type { Loops } from './loops';

interface RoutingPorts {
	readonly host: Host;
	readonly loops: () => Promise<Loops>;
	readonly documents: WhyDocuments;
}

/** A message of a conversation as Auto saw it or would see it, and what it chose, where it did. */
export interface Explained {
	readonly ask: RouteAsk;
	readonly earlier?: EarlierChoice;
}

/** The message that `execution` answered; without one the newest. */
export function explainedMessage(conversation: Conversation, execution?: string): Explained {
	const all = conversation.snapshot(1_000).items;
	const turn = all.findLast(item => item.kind === 'turn' && (execution === undefined || item.execution === execution));
	const until = execution === undefined || turn === undefined ? all : all.slice(0, all.indexOf(turn));
	const at = until.findLastIndex(item => item.kind === 'user');
	const prompt = until[at];
	if (prompt?.kind !== 'user')
		return { ask: { conversation: conversation.id, text: '', attachments: [], last: null, historyLength: 0 } };
	const ask = routeAsk(conversation.id, until.slice(0, at + 1), prompt);
	const isAnswer = turn?.kind === 'turn' && all.indexOf(turn) > at;
	if (!isAnswer || turn.why === undefined || turn.model === undefined) return { ask };
	return { ask, earlier: { model: turn.model, why: turn.why } };
}

const whyScheme = 'quarterdeck-why';

/** Read-only documents that say why a model was chosen. They live as long as they are open, and nothing of them is saved. */
export class WhyDocuments extends Owner {
	readonly #texts = new Map<string, string>();
	#next = 1;

	constructor() {
		super();
		this.own(
			vscode.workspace.registerTextDocumentContentProvider(whyScheme, {
				provideTextDocumentContent: uri => this.#texts.get(uri.authority) ?? 'This is no longer known.\n',
			}),
		);
	}

	async show(text: string): Promise<void> {
		const authority = String(this.#next++);
		this.#texts.set(authority, text);
		const uri = vscode.Uri.from({ scheme: whyScheme, authority, path: '/Why this model.md' });
		await showMarkdown(uri);
	}
}

/** Shows why Auto chose what it chose for a message, or would choose. */
export async function explainChoice({ loops, documents }: RoutingPorts, { ask, earlier }: Explained): Promise<void> {
	const { result, problems } = await (await loops()).explain(ask);
	await documents.show(explainMarkdown(ask.text, result, problems, earlier));
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
				const text = await askText({ prompt: 'A message, as you would write it' });
				if (text !== undefined) await explainChoice(ports, { ask: { ...ask, text, attachments: [] } });
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
