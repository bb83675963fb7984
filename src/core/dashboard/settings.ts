import type { Json } from '../base/json';
import type { WidgetSettings } from './dashboard';

/** One setting of a widget: how a form shows it, what it is without one, and what it may be. */
export interface Setting<T extends Json> {
	/** For the form: a JSON schema. */
	readonly schema: Readonly<Record<string, unknown>>;
	readonly default: T;
	/** The value as it may be used, or a sentence about what is wrong with it. */
	read(value: unknown): { readonly value: T } | { readonly problem: string };
}

export type SettingsSpec = Readonly<Record<string, Setting<Json>>>;

/** The settings that a specification describes. */
export type SettingsOf<Spec> = { readonly [K in keyof Spec]: Spec[K] extends Setting<infer T> ? T : never };

interface About {
	readonly title: string;
	readonly description?: string;
}

/** A text; `isLong` gives it an area of several lines. */
export function textSetting(
	about: About & { readonly default?: string; readonly most?: number; readonly isLong?: boolean },
): Setting<string> {
	const { most = 400, isLong = false, default: standard = '', ...words } = about;
	return {
		schema: {
			...words,
			type: 'string',
			maxLength: most,
			default: standard,
			...(isLong ? { format: 'multiline' } : {}),
		},
		default: standard,
		read: value =>
			typeof value === 'string' && value.length <= most
				? { value }
				: { problem: `must be a text of at most ${most.toLocaleString('en')} characters` },
	};
}

/** A whole number between two bounds, both included. */
export function integerSetting(
	about: About & { readonly default: number; readonly least: number; readonly most: number },
): Setting<number> {
	const { least, most, default: standard, ...words } = about;
	return {
		schema: { ...words, type: 'integer', minimum: least, maximum: most, default: standard },
		default: standard,
		read: value =>
			typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
				? { value }
				: { problem: `must be a whole number from ${least} to ${most}` },
	};
}

export function booleanSetting(about: About & { readonly default: boolean }): Setting<boolean> {
	const { default: standard, ...words } = about;
	return {
		schema: { ...words, type: 'boolean', default: standard },
		default: standard,
		read: value => (typeof value === 'boolean' ? { value } : { problem: 'must be true or false' }),
	};
}

/** One of a few. */
export function choiceSetting<const T extends string | number>(
	about: About & { readonly choices: readonly (readonly [value: T, label: string])[]; readonly default: NoInfer<T> },
): Setting<T> {
	const { choices, default: standard, ...words } = about;
	const oneOf = choices.map(([value, title]) => ({ const: value, title }));
	return {
		schema: { ...words, oneOf, default: standard },
		default: standard,
		read: value => {
			const found = choices.find(([known]) => known === value);
			if (found) return { value: found[0] };
			return { problem: `must be one of ${choices.map(([known]) => JSON.stringify(known)).join(', ')}` };
		},
	};
}

/** Some of a few, at least one. */
export function choicesSetting<const T extends string>(
	about: About & {
		readonly choices: readonly (readonly [value: T, label: string])[];
		readonly default: readonly NoInfer<T>[];
		readonly most?: number;
	},
): Setting<T[]> {
	const { choices, default: standard, most = choices.length, ...words } = about;
	const oneOf = choices.map(([value, title]) => ({ const: value, title }));
	const isKnown = (value: unknown): value is T => choices.some(([known]) => known === value);
	return {
		schema: { ...words, type: 'array', items: { oneOf }, minItems: 1, maxItems: most, default: standard },
		default: [...standard],
		read: value =>
			Array.isArray(value) && value.length > 0 && value.length <= most && value.every(isKnown)
				? { value: [...new Set(value)] }
				: { problem: `must be a list of 1 to ${most} of ${choices.map(([known]) => known).join(', ')}` },
	};
}

/** What a form needs to know. */
export function schemaOf(spec: SettingsSpec): Readonly<Record<string, unknown>> {
	const properties = Object.fromEntries(Object.entries(spec).map(([name, { schema }]) => [name, schema]));
	return { type: 'object', properties, required: Object.keys(spec) };
}

/** Settings as a widget gets them: what is missing or wrong is what it would be without a choice. */
export function readSettings<Spec extends SettingsSpec>(spec: Spec, stored: WidgetSettings): SettingsOf<Spec> {
	const values = Object.entries(spec).map(([name, setting]) => {
		const read = Object.hasOwn(stored, name) ? setting.read(stored[name]) : undefined;
		return [name, read && 'value' in read ? read.value : setting.default];
	});
	return Object.fromEntries(values) as SettingsOf<Spec>;
}

/** What is wrong with settings that stand in a file: the first of it, with its name. */
export function settingsProblem(
	spec: SettingsSpec,
	stored: WidgetSettings,
): { readonly name: string; readonly problem: string } | undefined {
	for (const [name, value] of Object.entries(stored)) {
		if (!Object.hasOwn(spec, name)) return { name, problem: 'is no setting of this widget' };
		const read = spec[name]!.read(value);
		if ('problem' in read) return { name, problem: read.problem };
	}
	return undefined;
}
