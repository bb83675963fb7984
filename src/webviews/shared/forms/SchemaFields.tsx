import { useId, type ReactElement, type ReactNode } from 'react';
import { draftOf, pathOf, withItem, type Draft, type FormPath } from '../../../core/mcp/form/draft';
import type { FormField, GroupField, ListField } from '../../../core/mcp/form/fields';
import { Button } from '../components/toolkit';
import { IconButton } from '../components/IconButton';
import { Words } from '../components/Words';
import { FieldFrame } from './FieldFrame';
import { JsonArea, TextInput } from './inputs';

/** What all fields of one form share. */
export interface FormContext {
	/** What is wrong, by place; shown beside the field. */
	readonly problems: Readonly<Record<FormPath, string>>;
	/** Fields that sound like secrets hide what is typed. */
	readonly isMasked: boolean;
	readonly isDisabled: boolean;
}

interface FieldProps<F extends FormField = FormField> {
	readonly field: F;
	readonly draft: Draft;
	readonly path: FormPath;
	readonly context: FormContext;
	readonly onDraft: (draft: Draft) => void;
}

/** The fields of a form that was made from a schema, without a frame of its own. */
export function SchemaFields({
	form,
	draft,
	context,
	onDraft,
}: {
	readonly form: GroupField;
	readonly draft: Draft;
	readonly context: FormContext;
	readonly onDraft: (draft: Draft) => void;
}): ReactElement {
	return <GroupParts field={form} draft={draft} path="" context={context} onDraft={onDraft} />;
}

function GroupParts({ field, draft, path, context, onDraft }: FieldProps<GroupField>): ReactElement {
	const parts = draft.kind === 'group' ? draft.parts : {};
	return (
		<div className="form-fields">
			{field.fields.map(part => (
				<Field
					key={part.name}
					field={part}
					draft={parts[part.name] ?? draftOf(part)}
					path={pathOf(path, part.name)}
					context={context}
					onDraft={next => onDraft({ kind: 'group', parts: { ...parts, [part.name]: next } })}
				/>
			))}
		</div>
	);
}

function Field(props: FieldProps): ReactElement {
	const { field } = props;
	switch (field.kind) {
		case 'group':
			return <GroupBox {...props} field={field} />;
		case 'list':
			return <ListBox {...props} field={field} />;
		case 'choices':
			return <ChoicesBox {...props} field={field} />;
		case 'boolean':
			return <BooleanBox {...props} field={field} />;
		default:
			return <SingleField {...props} field={field} />;
	}
}

type Single = Exclude<FormField, { kind: 'group' | 'list' | 'choices' | 'boolean' }>;

function SingleField({ field, draft, path, context, onDraft }: FieldProps<Single>): ReactElement {
	const problem = context.problems[path];
	return (
		<FieldFrame field={field} path={path} problem={problem}>
			{aria => {
				if (field.kind === 'choice') {
					const index = draft.kind === 'choice' ? draft.index : null;
					return (
						<select
							{...aria}
							className="form-input"
							value={index ?? ''}
							disabled={context.isDisabled}
							onChange={event => {
								const { value } = event.currentTarget;
								onDraft({ kind: 'choice', index: value === '' ? null : Number(value) });
							}}
						>
							{(index === null || !field.isRequired) && (
								<option value="">{field.isRequired ? 'Choose…' : 'not set'}</option>
							)}
							{field.choices.map((choice, at) => (
								// oxlint-disable-next-line react/no-array-index-key -- the choices of a schema never move
								<option key={at} value={at}>
									{choice.label}
								</option>
							))}
						</select>
					);
				}
				const text = draft.kind === 'text' ? draft.text : '';
				const common = {
					aria,
					text,
					onText: (next: string) => onDraft({ kind: 'text', text: next }),
					isDisabled: context.isDisabled,
				};
				if (field.kind === 'json') return <JsonArea {...common} placeholder={field.expects} />;
				const isHidden = field.kind === 'text' && field.isSecretLike && context.isMasked;
				return <TextInput {...common} field={field} isHidden={isHidden} />;
			}}
		</FieldFrame>
	);
}

function BooleanBox({ field, draft, path, context, onDraft }: FieldProps): ReactElement {
	const isOn = draft.kind === 'boolean' && draft.value === true;
	return (
		<FieldFrame field={field} path={path} problem={context.problems[path]} isInline>
			{aria => (
				<input
					{...aria}
					type="checkbox"
					className="form-check"
					checked={isOn}
					disabled={context.isDisabled}
					onChange={event => onDraft({ kind: 'boolean', value: event.currentTarget.checked })}
				/>
			)}
		</FieldFrame>
	);
}

function ChoicesBox({
	field,
	draft,
	path,
	context,
	onDraft,
}: FieldProps<Extract<FormField, { kind: 'choices' }>>): ReactElement {
	const chosen = draft.kind === 'choices' ? draft.indexes : [];
	const id = useId();
	return (
		<Box field={field} problem={context.problems[path]} path={path}>
			<div className="form-choices">
				{field.choices.map((choice, at) => (
					// oxlint-disable-next-line react/no-array-index-key -- the choices of a schema never move
					<label key={at} className="form-choice" htmlFor={`${id}-${at}`}>
						<input
							id={`${id}-${at}`}
							type="checkbox"
							className="form-check"
							checked={chosen.includes(at)}
							disabled={context.isDisabled}
							onChange={event => {
								const others = chosen.filter(index => index !== at);
								onDraft({ kind: 'choices', indexes: event.currentTarget.checked ? [...others, at] : others });
							}}
						/>
						<span>{choice.label}</span>
					</label>
				))}
			</div>
		</Box>
	);
}

function ListBox({ field, draft, path, context, onDraft }: FieldProps<ListField>): ReactElement {
	const items = draft.kind === 'list' ? draft.items : [];
	const isFull = field.maxItems !== null && items.length >= field.maxItems;
	return (
		<Box field={field} problem={context.problems[path]} path={path}>
			{items.map((item, index) => (
				<div key={item.key} className="form-item">
					<Field
						field={{ ...field.item, label: `${field.label || 'Entry'} ${index + 1}`, description: '' }}
						draft={item.draft}
						path={pathOf(path, index)}
						context={context}
						onDraft={next =>
							onDraft({
								kind: 'list',
								items: items.map(each => (each.key === item.key ? { ...each, draft: next } : each)),
							})
						}
					/>
					<IconButton
						icon="trash"
						label={`Remove ${field.label || 'entry'} ${index + 1}`}
						isDisabled={context.isDisabled}
						onClick={() => onDraft({ kind: 'list', items: items.filter(each => each.key !== item.key) })}
					/>
				</div>
			))}
			<div>
				<Button
					isDisabled={isFull || context.isDisabled}
					onClick={() => onDraft({ kind: 'list', items: withItem(field, items) })}
				>
					{items.length === 0 ? 'Add' : 'Add Another'}
				</Button>
			</div>
		</Box>
	);
}

function GroupBox(props: FieldProps<GroupField>): ReactElement {
	const { field, path, context } = props;
	return (
		<Box field={field} problem={context.problems[path]} path={path}>
			<GroupParts {...props} />
		</Box>
	);
}

/** Several inputs under one name. */
function Box({
	field,
	problem,
	path,
	children,
}: {
	readonly field: FormField;
	readonly problem: string | undefined;
	readonly path: FormPath;
	readonly children: ReactNode;
}): ReactElement {
	const id = useId();
	return (
		<fieldset
			className="form-box"
			data-path={path}
			aria-describedby={`${id}-about`}
			aria-invalid={problem !== undefined}
		>
			<legend>
				{field.label}
				{field.isRequired && <span className="form-required"> (required)</span>}
			</legend>
			<div id={`${id}-about`}>
				{field.description !== '' && (
					<p className="form-description">
						<Words text={field.description} />
					</p>
				)}
				{problem !== undefined && <p className="form-problem">{problem}</p>}
			</div>
			{children}
		</fieldset>
	);
}
