import { useMemo, type ReactElement } from 'react';
import { limits, type Widget, type WidgetSettings } from '../../core/dashboard/dashboard';
import { readSettings, schemaOf } from '../../core/dashboard/settings';
import type { WidgetDefinition } from '../../core/dashboard/widget';
import { draftOf } from '../../core/mcp/form/draft';
import { formOf } from '../../core/mcp/form/fields';
import { Button } from '../shared/components/toolkit';
import { SchemaInput } from '../shared/forms/SchemaInput';
import { useSchemaInput } from '../shared/forms/useSchemaInput';
import { SidePane } from './SidePane';

/** The widget's own title stands among its settings, under a name that none of them has. */
const titleKey = '$title';

/** What can be set of a widget. */
export function WidgetForm({
	widget,
	definition,
	onSave,
	onClose,
}: {
	readonly widget: Widget;
	readonly definition: WidgetDefinition;
	readonly onSave: (settings: WidgetSettings, title: string) => void;
	readonly onClose: () => void;
}): ReactElement {
	const schema = useMemo(() => formSchema(definition), [definition]);
	const start = useMemo(() => {
		const values = { [titleKey]: widget.title ?? '', ...readSettings(definition.settings, widget.settings) };
		return { mode: 'form' as const, draft: draftOf(formOf(schema), values), json: '{}' };
	}, [schema, widget, definition]);
	const input = useSchemaInput(schema, start);
	const save = (): void => {
		const value = input.read();
		if (!value) return;
		const { [titleKey]: title, ...settings } = value;
		// A text that was emptied has no value in the form.
		const emptied = textNames(definition).map(name => [name, ''] as const);
		onSave({ ...Object.fromEntries(emptied), ...settings }, typeof title === 'string' ? title : '');
	};
	return (
		<SidePane title={`Settings of ${widget.title ?? definition.title}`} onClose={onClose}>
			<form
				onSubmit={event => {
					event.preventDefault();
					save();
				}}
			>
				<SchemaInput input={input} root={input.root} hasRaw={false} />
				<div className="side-actions">
					<Button appearance="primary" onClick={save}>
						Apply
					</Button>
					<Button onClick={onClose}>Cancel</Button>
				</div>
				{/* Enter in a field applies; the toolkit's button is none that a form knows. */}
				<input type="submit" hidden aria-label="Apply" />
			</form>
		</SidePane>
	);
}

function formSchema(definition: WidgetDefinition): Readonly<Record<string, unknown>> {
	const { properties, required } = schemaOf(definition.settings) as {
		readonly properties: Readonly<Record<string, unknown>>;
		readonly required: readonly string[];
	};
	const title = {
		type: 'string',
		title: 'Title',
		description: `Empty for “${definition.title}”.`,
		maxLength: limits.name,
	};
	const texts = new Set(textNames(definition));
	return {
		type: 'object',
		properties: { [titleKey]: title, ...properties },
		required: required.filter(name => !texts.has(name)),
	};
}

/** Settings that are texts: empty is an answer too, so the form requires none of them. */
function textNames({ settings }: WidgetDefinition): readonly string[] {
	return Object.entries(settings).flatMap(([name, { schema }]) => (schema['type'] === 'string' ? [name] : []));
}
