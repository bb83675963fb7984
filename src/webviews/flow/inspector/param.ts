import type { Json } from '../../../core/base/json';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { ParamMeta } from '../../../core/flow/nodes/nodeType';
import { formOf, type FormField } from '../../../core/mcp/form/fields';

export type Widget = NonNullable<ParamMeta['widget']>;

/** One parameter of a node type, as the inspector edits it. */
export interface Param {
	readonly name: string;
	readonly field: FormField;
	readonly widget: Widget | null;
	readonly language: string;
	readonly isAdvanced: boolean;
	/** The node evaluates expressions itself: the whole text is one. */
	readonly isRaw: boolean;
}

const widgets: ReadonlySet<string> = new Set<Widget>([
	'multiline',
	'code',
	'model',
	'tool',
	'tools',
	'secret',
	'path',
	'paths',
	'flow',
	'schema',
	'duration',
	'expression',
]);
const cache = new WeakMap<NodeTypeView, readonly Param[]>();

/** The parameters of a type, from its JSON schema. */
export function paramsOf(type: NodeTypeView): readonly Param[] {
	const known = cache.get(type);
	if (known) return known;
	const properties = recordOf(type.schema['properties']);
	const params = formOf(type.schema).fields.map((field): Param => {
		const schema = recordOf(properties[field.name]);
		const { widget, language } = schema;
		return {
			name: field.name,
			field: field.label === field.name ? { ...field, label: words(field.name) } : field,
			widget: typeof widget === 'string' && widgets.has(widget) ? (widget as Widget) : null,
			language: typeof language === 'string' ? language : '',
			isAdvanced: schema['isAdvanced'] === true,
			isRaw: schema['isRaw'] === true,
		};
	});
	cache.set(type, params);
	return params;
}

/** Whether a value is a text with an expression in it. */
export function isExpression(value: Json | undefined): value is string {
	return typeof value === 'string' && value.includes('{{');
}

/** `maxItems` → `Max items`. */
export function words(name: string): string {
	const spaced = name.replaceAll(
		/([a-z\d])([A-Z])/g,
		(_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
	);
	return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
