import { describe, expect, test } from 'vitest';
import { widthClassOf, type Dashboard, type WidgetId } from '../../../src/core/dashboard/dashboard';
import { parseDashboard, printDashboard, readDashboard } from '../../../src/core/dashboard/dashboardFile';
import { defaultDashboard } from '../../../src/core/dashboard/defaultDashboard';
import {
	duplicateOf,
	layoutFor,
	withCopy,
	withLayout,
	withSettings,
	withWidget,
	withoutWidget,
} from '../../../src/core/dashboard/edits';
import { readSettings, schemaOf, settingsProblem } from '../../../src/core/dashboard/settings';
import { widgetDefinition, widgetDefinitions } from '../../../src/core/dashboard/widgets/catalog';
import { formOf } from '../../../src/core/mcp/form/fields';

const first = defaultDashboard();
const [firstWidget] = first.widgets;

/** The exported file with some of it otherwise. */
function fileWith(change: (file: Record<string, never>) => unknown): string {
	const file = JSON.parse(printDashboard(first)) as Record<string, never>;
	return JSON.stringify(change(file) ?? file);
}

describe('the catalog', () => {
	test('no kind is there twice, and every default dashboard is of known kinds', () => {
		const kinds = widgetDefinitions.map(({ kind }) => kind);
		expect(new Set(kinds).size).toBe(kinds.length);
		expect(first.widgets.filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
	});

	test.each(widgetDefinitions.map(definition => [definition.kind, definition] as const))(
		'%s begins with settings that it reads, and each has a field in its form',
		(_kind, definition) => {
			const settings = readSettings(definition.settings, {});
			expect(settingsProblem(definition.settings, settings)).toBeUndefined();
			const fields = formOf(schemaOf(definition.settings)).fields;
			expect(fields.map(({ name }) => name)).toEqual(Object.keys(definition.settings));
			expect(fields.filter(({ kind }) => kind === 'json')).toEqual([]);
			expect(definition.size.w).toBeGreaterThanOrEqual(definition.size.leastW);
			expect(definition.size.h).toBeGreaterThanOrEqual(definition.size.leastH);
		},
	);
});

describe('edits', () => {
	test('the default dashboard stands as it is written, without gaps', () => {
		expect(layoutFor(first, 'wide')).toEqual(first.layouts.wide);
	});

	test('a width without a layout of its own follows the wide one, until it is arranged', () => {
		const narrow = layoutFor(first, 'narrow');
		expect(Object.values(narrow).every(({ x, w }) => x === 0 && w === 1)).toBe(true);
		const arranged = withLayout(first, 'narrow', { ...narrow, [firstWidget!.id]: { x: 0, y: 99, w: 1, h: 5 } });
		expect(layoutFor(arranged, 'wide')).toEqual(layoutFor(first, 'wide'));
		expect(Object.entries(layoutFor(arranged, 'narrow')).toSorted(([, a], [, b]) => b.y - a.y)[0]?.[0]).toBe(
			firstWidget!.id,
		);
	});

	test('a new widget has a place in each layout, and one that goes leaves none', () => {
		const arranged = withLayout(first, 'medium', layoutFor(first, 'medium'));
		const { dashboard, id } = withWidget(arranged, 'note');
		expect([dashboard.layouts.wide[id], dashboard.layouts.medium?.[id]]).toEqual([
			expect.objectContaining({ w: 3 }),
			expect.objectContaining({ w: 3 }),
		]);
		expect(withoutWidget(dashboard, id)).toEqual(arranged);
	});

	test('a copy has the size and the settings, and another id', () => {
		const { dashboard, id } = withCopy(first, firstWidget!.id);
		expect(dashboard.widgets.at(-1)).toEqual({ ...firstWidget, id });
		const { w, h } = first.layouts.wide[firstWidget!.id]!;
		expect(dashboard.layouts.wide[id]).toMatchObject({ w, h });
	});

	test('a title of spaces is the kind’s own again', () => {
		const titled = withSettings(first, firstWidget!.id, { history: 1 }, ' Left card ');
		expect(titled.widgets[0]).toMatchObject({ title: 'Left card', settings: { history: 1 } });
		expect(withSettings(titled, firstWidget!.id, {}, '  ').widgets[0]).not.toHaveProperty('title');
	});

	test('a duplicate shares no id and has a free name', () => {
		const copy = duplicateOf(first, ['Dashboard', 'Dashboard 2']);
		expect(copy.name).toBe('Dashboard 3');
		const ids = new Set([...first.widgets, ...copy.widgets].map(({ id }) => id));
		expect(ids.size).toBe(2 * first.widgets.length);
		expect(Object.keys(copy.layouts.wide)).toEqual(copy.widgets.map(({ id }) => id));
	});

	test('a widget without a place gets one, and a place without a widget goes', () => {
		const odd: Dashboard = {
			...first,
			widgets: [{ id: 'lonely' as WidgetId, kind: 'clock', settings: {} }],
			layouts: { wide: { ghost: { x: 0, y: 0, w: 2, h: 2 } } },
		};
		expect(Object.keys(layoutFor(odd, 'wide'))).toEqual(['lonely']);
	});

	test('300 pixels are one column', () => {
		expect([300, 600, 1200].map(widthClassOf)).toEqual(['narrow', 'medium', 'wide']);
	});
});

describe('files', () => {
	test('what was exported is imported, with ids of its own and a free name', () => {
		const imported = parseDashboard(printDashboard(first), ['Dashboard']);
		const { widgets, layouts, name } = imported;
		expect(name).toBe('Dashboard 2');
		expect(widgets).toEqual(first.widgets.map((widget, index) => ({ ...widget, id: widgets[index]!.id })));
		expect(Object.values(layouts.wide)).toEqual(Object.values(first.layouts.wide));
		// An exchange belongs to its widget: one of another dashboard must not show it.
		const taken = new Set<string>([first.id, ...first.widgets.map(({ id }) => id)]);
		expect([imported.id, ...widgets.map(({ id }) => id)].filter(id => taken.has(id))).toEqual([]);
	});

	test('a widget of a later version stays as it is', () => {
		const text = fileWith(file => {
			Object.assign(file['widgets']![0], { kind: 'hologram', settings: { depth: [1, 2] } });
		});
		expect(parseDashboard(text, []).widgets[0]).toMatchObject({ kind: 'hologram', settings: { depth: [1, 2] } });
	});

	test.each<readonly [string, (file: Record<string, never>) => unknown, string]>([
		[
			'another format',
			file => ({ ...file, format: 'grafana' }),
			'This is not an exported dashboard: "format" must be "quarterdeck-dashboard".',
		],
		[
			'a later version',
			file => ({ ...file, version: 2 }),
			'This dashboard has version 2; this version of Quarterdeck reads version 1.',
		],
		['no name', file => ({ ...file, name: ' ' }), 'The file cannot be used: name must not be empty.'],
		['no widgets', file => ({ ...file, widgets: 7 }), 'The file cannot be used: widgets must be a list.'],
		['a list at the top', () => [], 'The file cannot be used: the whole file must be an object in braces.'],
		[
			'a wrong place',
			file => Object.assign(file['layouts']!['wide'][firstWidget!.id], { w: 13 }) && undefined,
			`The file cannot be used: layouts.wide.${firstWidget!.id}.w must be a whole number from 1 to 12, and is 13.`,
		],
		[
			'a wrong setting',
			file => Object.assign(file['widgets']![0], { settings: { history: 3 } }) && undefined,
			'The file cannot be used: widgets[0].settings.history must be one of 0, 1, 5, 15, 60.',
		],
		[
			'a setting that is none',
			file => Object.assign(file['widgets']![0], { settings: { colour: 'red' } }) && undefined,
			'The file cannot be used: widgets[0].settings.colour is no setting of this widget.',
		],
		[
			'the same id twice',
			file => Object.assign(file['widgets']![1], { id: firstWidget!.id }) && undefined,
			`The file cannot be used: widgets[1].id is "${firstWidget!.id}", which another widget has already.`,
		],
		[
			'an id that is no name',
			file => Object.assign(file['widgets']![0], { id: '../x' }) && undefined,
			'The file cannot be used: widgets[0].id may hold letters, digits, - and _ only.',
		],
	])('%s is refused with a sentence', (_what, change, sentence) => {
		expect(() => parseDashboard(fileWith(change), [])).toThrow(sentence);
	});

	test('an id may be a word that every object knows', () => {
		const text = fileWith(file => ({
			...file,
			widgets: [{ id: 'constructor', kind: 'clock' }],
			layouts: { wide: {} },
		}));
		const { widgets, layouts } = parseDashboard(text, []);
		const { x, y, w, h } = layouts.wide[widgets[0]!.id]!;
		expect([x, y, w, h].every(Number.isInteger)).toBe(true);
	});

	test.each(['widgets', 'version', 'more'])('what is nested without an end is refused: %s', name => {
		const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
		const widget = (value: unknown): unknown => [{ id: 'a', kind: 'hologram', settings: { value } }];
		const text = fileWith(file => ({ ...file, [name]: name === 'widgets' ? widget('deep') : 'deep' }));
		expect(() => parseDashboard(text.replace('"deep"', deep), [])).toThrow(
			'The file cannot be used: the whole file holds more than 20 braces in one another.',
		);
	});

	test('what is no JSON is refused with a sentence', () => {
		expect(() => parseDashboard('{', [])).toThrow(/^The file is not JSON: /);
	});

	test('what the storage holds is mended where it can be: wrong settings and overlaps', () => {
		const [one, two] = first.widgets;
		const kept = readDashboard({
			...first,
			widgets: [{ ...one, settings: { history: 'long' } }, two],
			layouts: { wide: { [one!.id]: { x: 0, y: 0, w: 4, h: 4 }, [two!.id]: { x: 2, y: 0, w: 4, h: 4 } } },
		});
		expect(kept.layouts.wide[two!.id]).toEqual({ x: 2, y: 4, w: 4, h: 4 });
		expect(readSettings(widgetDefinition('gpu')!.settings, kept.widgets[0]!.settings)['history']).toBe(5);
	});
});
