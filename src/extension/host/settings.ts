import * as vscode from 'vscode';
import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { Effort } from '../../core/chat/items';
import { efforts, firstModes } from '../../core/chat/limits';
import { soundLevels, type SoundLevel } from '../../core/health/alerts/soundLevel';
import type { Tier } from '../../core/ledger/events';
import { autonomyLevels, type AutonomyLevel } from '../../core/monitors/limits';

/** US dollars per million tokens. */
export interface PriceSetting {
	readonly input: number;
	readonly output: number;
	readonly cacheRead?: number;
	readonly cacheWrite5m?: number;
	readonly cacheWrite1h?: number;
}

/** When enabled MCP servers are started. */
const autoStarts = ['never', 'conversation', 'window'] as const;
export type McpAutoStart = (typeof autoStarts)[number];

/** Where the gauge stands in the status bar. */
const gaugePositions = ['hidden', 'left', 'right'] as const;
type GaugePosition = (typeof gaugePositions)[number];

/** Every setting with its type and default; the manifest test fails when `package.json` says otherwise. */
export const settingDefaults = {
	'claude.path': '' as string,
	'claude.maxProcesses': 3 as number,
	'claude.idleMinutes': 10 as number,
	'chat.model': 'default' as string,
	'chat.permissionMode': 'default' as (typeof firstModes)[number],
	'chat.effort': 'default' as Effort,
	'loop.maxSteps': 50 as number,
	'loop.maxMinutes': 30 as number,
	'loop.maxUsd': 2 as number,
	'routing.rules': [] as readonly unknown[],
	'search.searxngUrl': '' as string,
	'tools.offerToClaude': true as boolean,
	'review.openDiff': true as boolean,
	'safety.protectedPaths': [] as readonly string[],
	'safety.raiseTiers': {} as Readonly<Record<string, Tier>>,
	'safety.notify': true as boolean,
	'budget.dailyUsd': 0 as number,
	'budget.monthlyUsd': 0 as number,
	'costs.statusBar': true as boolean,
	'costs.prices': {} as Readonly<Record<string, PriceSetting>>,
	'memory.give': true as boolean,
	'memory.tokenBudget': 600 as number,
	'memory.learn': false as boolean,
	'memory.model': '' as string,
	providers: [] as readonly unknown[],
	fallbackModels: [] as readonly string[],
	discoverLocalModels: true as boolean,
	'mcp.servers': {} as Readonly<Record<string, unknown>>,
	'mcp.autoStart': 'conversation' as McpAutoStart,
	'gauge.position': 'right' as GaugePosition,
	'gauge.metrics': [] as readonly string[],
	'gauge.format': '' as string,
	'gauge.thresholds': {} as Readonly<Record<string, unknown>>,
	'flows.model': '' as string,
	'flows.maxCostUsd': 10 as number,
	'flows.maxMinutes': 60 as number,
	'flows.triggers.enable': true as boolean,
	'flows.triggers.port': 0 as number,
	'flows.testMaxCostUsd': 5 as number,
	'health.services': [] as readonly unknown[],
	'alerts.rules': [] as readonly unknown[],
	'alerts.quietHours': '' as string,
	'alerts.sound': 'off' as SoundLevel,
	'alerts.ntfyTopic': '' as string,
	'alerts.webhook': '' as string,
	'alerts.allowLocalNetwork': false as boolean,
	'autonomy.level': 1 as AutonomyLevel,
	'autonomy.maxTargets': 3 as number,
	runbooks: [] as readonly unknown[],
	'report.schedule': '' as string,
	'ledger.retentionDays': 365 as number,
	'ledger.retentionMb': 80 as number,
	'statsServer.enable': false as boolean,
	'statsServer.port': 8765 as number,
	'statsServer.allowedOrigins': [] as readonly string[],
	'otlp.endpoint': '' as string,
	'otlp.intervalSeconds': 60 as number,
};
export type SettingKey = keyof typeof settingDefaults;
export type SettingValue<K extends SettingKey> = (typeof settingDefaults)[K];

/** What one turn or run may take at most. */
export type LimitKey = Extract<SettingKey, `${'loop' | 'flows'}.${'max' | 'testMax'}${string}`>;

/** Settings that are one of a few words. */
const choices: { readonly [K in SettingKey]?: readonly SettingValue<K>[] } = {
	'chat.permissionMode': firstModes,
	'chat.effort': efforts,
	'mcp.autoStart': autoStarts,
	'autonomy.level': autonomyLevels,
	'gauge.position': gaugePositions,
	'alerts.sound': soundLevels,
};

const section = 'quarterdeck';

/** The one reader of our settings. */
export class Settings extends Owner {
	readonly #changed = this.own(new Emitter<ReadonlySet<SettingKey>>());
	/** Fires with the keys that changed. */
	readonly onDidChange = this.#changed.event;

	constructor() {
		super();
		this.own(
			vscode.workspace.onDidChangeConfiguration(event => {
				const keys = Object.keys(settingDefaults) as SettingKey[];
				const changed = new Set(keys.filter(key => event.affectsConfiguration(`${section}.${key}`)));
				if (changed.size > 0) this.#changed.fire(changed);
			}),
		);
	}

	/** The setting's value; a hand-edited one of another type, or a word that is none of ours, reads as the default. */
	get<K extends SettingKey>(key: K): SettingValue<K> {
		const fallback = settingDefaults[key];
		const value = vscode.workspace.getConfiguration(section).get<unknown>(key, fallback);
		const isRight = hasTypeOf(value, fallback);
		const known: readonly unknown[] | undefined = choices[key];
		return (isRight && known?.includes(value) !== false ? value : fallback) as SettingValue<K>;
	}

	/**
	 * The setting as each place has it: this user's, then this workspace's. For settings that only add up, so that a
	 * repository's own file cannot take away what the user set.
	 */
	everywhere<K extends SettingKey>(key: K): readonly SettingValue<K>[] {
		const places = vscode.workspace.getConfiguration(section).inspect<unknown>(key);
		return [places?.globalValue, places?.workspaceValue]
			.filter(value => hasTypeOf(value, settingDefaults[key]))
			.map(value => value as SettingValue<K>);
	}

	/** The setting as this user has it and as this workspace has it, each with its default where it says nothing. */
	byPlace<K extends SettingKey>(key: K): readonly [user: SettingValue<K>, workspace: SettingValue<K>] {
		const places = vscode.workspace.getConfiguration(section).inspect<unknown>(key);
		const read = (value: unknown): SettingValue<K> =>
			(hasTypeOf(value, settingDefaults[key]) ? value : settingDefaults[key]) as SettingValue<K>;
		return [read(places?.globalValue), read(places?.workspaceValue)];
	}

	/**
	 * A limit of this user, or a stricter one of this workspace: a repository's own file may ask for less, never for
	 * more.
	 * @param none the highest value that stands for no limit, where there is one
	 */
	limit(key: LimitKey, none = -Infinity): number {
		const strictness = (value: number): number => (value <= none ? Infinity : value);
		const [user, workspace] = this.byPlace(key);
		const isSet = vscode.workspace.getConfiguration(section).inspect(key)?.workspaceValue !== undefined;
		return isSet && strictness(workspace) < strictness(user) ? workspace : user;
	}

	/** Writes a setting for this user. */
	async set<K extends SettingKey>(key: K, value: SettingValue<K>): Promise<void> {
		await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
	}
}

function hasTypeOf(value: unknown, example: unknown): boolean {
	return typeof value === typeof example && value !== null && Array.isArray(value) === Array.isArray(example);
}
