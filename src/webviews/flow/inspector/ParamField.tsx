import { memo, useState, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { NodeId } from '../../../core/flow/model/flow';
import { IconButton } from '../../shared/components/IconButton';
import { useEditor } from '../context';
import { useStored } from '../state/store';
import { ChoiceInput, type ChoiceOf } from './ChoiceInput';
import { ExpressionInput } from './ExpressionInput';
import { FieldRow, type InputAria } from './FieldRow';
import { isExpression, type Param, type Widget } from './param';
import { DurationInput, ListInput, NumberInput, SelectInput } from './plainInputs';
import { StructureInput } from './StructureInput';

export interface ParamFieldProps {
	readonly node: NodeId;
	readonly param: Param;
	readonly value: Json | undefined;
}

interface InputProps extends ParamFieldProps {
	readonly aria: InputAria;
	readonly isDisabled: boolean;
	readonly onKeep: (value: Json) => void;
}

const choiceWidgets: Partial<Record<Widget, ChoiceOf>> = {
	model: 'model',
	tool: 'tool',
	secret: 'secret',
	path: 'path',
	flow: 'flow',
};
const listWidgets: Partial<Record<Widget, ChoiceOf>> = { tools: 'tool', paths: 'path' };

/** One parameter: the widget that its type asks for, or an expression in its place. */
export const ParamField = memo(function ParamField({ node, param, value }: ParamFieldProps): ReactElement {
	const editor = useEditor();
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const problem = useStored(
		editor.doc,
		doc => doc.problems.find(each => each.node === node && each.place === param.name)?.message,
	);
	const [isWriting, setIsWriting] = useState(false);
	const { field } = param;
	const isText = field.kind === 'text' && param.widget !== 'duration';
	const asExpression = !isText && (isWriting || isExpression(value));
	const keep = (next: Json): void => {
		editor.apply(`Change ${field.label}`, [{ op: 'setParam', id: node, name: param.name, value: next }]);
	};
	const reset = (): void => {
		setIsWriting(false);
		keep(null);
	};
	const input = { node, param, value, isDisabled: !canEdit, onKeep: keep };
	return (
		<FieldRow
			label={field.label}
			description={field.description}
			isRequired={field.isRequired && field.default === undefined}
			problem={problem}
			onReset={canEdit && value !== undefined ? reset : undefined}
			actions={
				<ParamActions
					node={node}
					param={param}
					isText={isText}
					isExpression={asExpression}
					onExpression={isOn => {
						if (isOn) setIsWriting(true);
						else reset();
					}}
				/>
			}
		>
			{aria =>
				asExpression ? (
					<ExpressionInput
						{...input}
						param={param.name}
						aria={aria}
						value={typeof value === 'string' ? value : '{{  }}'}
						rows={1}
						isMono
					/>
				) : (
					<ParamInput {...input} aria={aria} />
				)
			}
		</FieldRow>
	);
});

function ParamActions({
	node,
	param,
	isText,
	isExpression: isOn,
	onExpression,
}: {
	readonly node: NodeId;
	readonly param: Param;
	readonly isText: boolean;
	readonly isExpression: boolean;
	readonly onExpression: (isOn: boolean) => void;
}): ReactElement {
	const editor = useEditor();
	const { field, name, widget, isRaw } = param;
	const isLong = widget === 'code' || widget === 'multiline';
	return (
		<>
			{!isText && editor.canEdit && !isRaw && (
				<IconButton
					icon="symbol-variable"
					label={isOn ? `Give ${field.label} a fixed value` : `Give ${field.label} an expression`}
					className={isOn ? 'pressed' : ''}
					onClick={() => onExpression(!isOn)}
				/>
			)}
			{editor.has('editParam') && isText && isLong && (
				<IconButton
					icon="go-to-file"
					label={`Edit ${field.label} in an editor`}
					onClick={() => void editor.attempt('editParam', { node, name })}
				/>
			)}
		</>
	);
}

function ParamInput(props: InputProps): ReactElement {
	const { node, param, value, aria, isDisabled, onKeep } = props;
	const { field, widget } = param;
	const plain = { aria, isDisabled };
	const text = typeof value === 'string' ? value : '';
	const proposed = typeof field.default === 'string' ? field.default : '';
	const list = widget === null ? undefined : listWidgets[widget];
	if (list) return <ListInput {...plain} of={list} value={value ?? field.default} onKeep={onKeep} />;
	if (widget === 'duration') return <DurationInput {...plain} value={value ?? field.default} onKeep={onKeep} />;
	const choice = widget === null ? undefined : choiceWidgets[widget];
	if (choice && !isExpression(value))
		return <ChoiceInput {...plain} of={choice} value={text} onKeep={onKeep} placeholder={proposed} />;
	switch (field.kind) {
		case 'text': {
			const isLong = widget === 'multiline' || widget === 'code' || field.isLong;
			return (
				<ExpressionInput
					{...plain}
					node={node}
					param={param.name}
					value={text}
					onKeep={onKeep}
					rows={widget === 'code' ? 10 : isLong ? 5 : 1}
					isMono={widget === 'code' || widget === 'expression' || widget === 'schema'}
					isRaw={param.isRaw}
					placeholder={proposed}
				/>
			);
		}
		case 'number':
			return <NumberInput {...plain} field={field} value={value} onKeep={onKeep} />;
		case 'boolean':
			return (
				<input
					{...aria}
					type="checkbox"
					className="form-check"
					checked={value === undefined ? field.default === true : value === true}
					disabled={isDisabled}
					onChange={event => onKeep(event.currentTarget.checked)}
				/>
			);
		case 'choice':
			return <SelectInput {...plain} field={field} value={value} onKeep={onKeep} />;
		default:
			return <StructureInput {...plain} field={field} value={value} onKeep={onKeep} />;
	}
}
