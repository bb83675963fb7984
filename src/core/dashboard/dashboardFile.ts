import { ExpectedError } from '../base/errors';
import { isDeeperThan, type Json } from '../base/json';
import {
	columnsOf,
	limits,
	newDashboardId,
	widthClasses,
	type Dashboard,
	type Layout,
	type Placement,
	type Widget,
	type WidgetId,
	type WidthClass,
} from './dashboard';
import { duplicateOf, layoutFor } from './edits';
import { settingsProblem } from './settings';
import { widgetDefinition } from './widgets/catalog';

const format = 'quarterdeck-dashboard';
const version = 1;

/** The largest file that is read, bytes. */
export const longestFile = 1024 * 1024;
/** Settings of widgets are flat, but for those of kinds that this version does not know. */
const deepest = 20;

/** A dashboard as a file that `parseDashboard` reads. */
export function printDashboard({ name, widgets, layouts }: Dashboard): string {
	return `${JSON.stringify({ format, version, name, widgets, layouts }, null, '\t')}\n`;
}

/**
 * Reads an exported dashboard, as one of its own: it and its widgets have other ids. Rejects a file that is wrong with a sentence that says where.
 * @param takenNames names of those that are there
 */
export function parseDashboard(text: string, takenNames: Iterable<string>): Dashboard {
	const file = parseJson(text);
	if (file['format'] !== format) {
		throw new ExpectedError('bad-file', `This is not an exported dashboard: "format" must be "${format}".`);
	}
	if (file['version'] !== version) {
		throw new ExpectedError(
			'bad-file',
			`This dashboard has version ${shown(file['version'])}; this version of Quarterdeck reads version ${version}.`,
		);
	}
	return duplicateOf(readDashboard({ ...file, id: newDashboardId() }, settingsComplaint), takenNames);
}

/**
 * A dashboard that a page or the storage holds, checked as far as drawing it needs. Settings are not looked at: a widget
 * reads them with what it would be without a choice.
 */
export function readDashboard(
	value: unknown,
	complaint: (widget: Widget, at: string) => string | undefined = () => undefined,
): Dashboard {
	const record = objectAt(value, '');
	const id = textAt(record['id'], 'id', 100) as Dashboard['id'];
	const name = textAt(record['name'], 'name', limits.name).trim();
	if (name === '') fail('name', 'must not be empty');
	const list = record['widgets'];
	if (!Array.isArray(list)) return fail('widgets', 'must be a list');
	if (list.length > limits.widgets) fail('widgets', `has ${list.length} entries; ${limits.widgets} is the most`);
	const widgets = list.map((entry: unknown, index) => widgetAt(entry, `widgets[${index}]`));
	const ids = new Set<string>();
	widgets.forEach((widget, index) => {
		if (ids.has(widget.id)) fail(`widgets[${index}].id`, `is "${widget.id}", which another widget has already`);
		ids.add(widget.id);
		const problem = complaint(widget, `widgets[${index}]`);
		if (problem !== undefined) throw new ExpectedError('bad-file', problem);
	});
	const dashboard = { id, name, widgets, layouts: layoutsAt(record['layouts']) };
	// Overlaps, and widgets without a place, are mended and not complained about.
	const mended = Object.fromEntries(
		widthClasses.filter(width => dashboard.layouts[width]).map(width => [width, layoutFor(dashboard, width)]),
	);
	return { ...dashboard, layouts: { ...dashboard.layouts, ...mended } };
}

function settingsComplaint(widget: Widget, at: string): string | undefined {
	const definition = widgetDefinition(widget.kind);
	const problem = definition && settingsProblem(definition.settings, widget.settings);
	return problem && `The file cannot be used: ${at}.settings.${problem.name} ${problem.problem}.`;
}

function widgetAt(value: unknown, at: string): Widget {
	const record = objectAt(value, at);
	const id = textAt(record['id'], `${at}.id`, 100);
	// Ids become keys of layouts.
	if (!/^[\w-]+$/.test(id) || id === '__proto__') fail(`${at}.id`, 'may hold letters, digits, - and _ only');
	const kind = textAt(record['kind'], `${at}.kind`, 60);
	const settings = objectAt(record['settings'] ?? {}, `${at}.settings`);
	const title = record['title'] === undefined ? undefined : textAt(record['title'], `${at}.title`, limits.name);
	return {
		id: id as WidgetId,
		kind,
		settings: settings as Readonly<Record<string, Json>>,
		...(title === undefined ? {} : { title }),
	};
}

function layoutsAt(value: unknown): Dashboard['layouts'] {
	const record = objectAt(value, 'layouts');
	const layouts = widthClasses.flatMap(width =>
		record[width] === undefined && width !== 'wide' ? [] : [[width, layoutAt(record[width], width)] as const],
	);
	return Object.fromEntries(layouts) as unknown as Dashboard['layouts'];
}

function layoutAt(value: unknown, width: WidthClass): Layout {
	const at = `layouts.${width}`;
	const places = Object.entries(objectAt(value, at));
	if (places.length > 2 * limits.widgets) fail(at, 'has more entries than there can be widgets');
	return Object.fromEntries(places.map(([id, place]) => [id, placementAt(place, `${at}.${id}`, columnsOf[width])]));
}

function placementAt(value: unknown, at: string, columns: number): Placement {
	const { x, y, w, h } = objectAt(value, at);
	return {
		x: numberAt(x, `${at}.x`, 0, columns - 1),
		y: numberAt(y, `${at}.y`, 0, limits.depth),
		w: numberAt(w, `${at}.w`, 1, columns),
		h: numberAt(h, `${at}.h`, 1, limits.rows),
	};
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(text);
		if (isDeeperThan(deepest, value)) return fail('', `holds more than ${deepest} braces in one another`);
		return objectAt(value, '');
	} catch (error) {
		if (error instanceof ExpectedError) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new ExpectedError('bad-file', `The file is not JSON: ${reason}.`, { cause: error });
	}
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		return fail(at, 'must be an object in braces');
	return value as Readonly<Record<string, unknown>>;
}

function textAt(value: unknown, at: string, most: number): string {
	if (typeof value !== 'string') return fail(at, 'must be a text');
	if (value.length > most) return fail(at, `is longer than ${most} characters`);
	return value;
}

function numberAt(value: unknown, at: string, least: number, most: number): number {
	if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
		return fail(at, `must be a whole number from ${least} to ${most}, and is ${shown(value)}`);
	return value;
}

function shown(value: unknown): string {
	return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}

function fail(at: string, problem: string): never {
	const where = at === '' ? 'the whole file' : at;
	throw new ExpectedError('bad-file', `The file cannot be used: ${where} ${problem}.`);
}
