import { useState, type ReactElement } from 'react';
import { valueKinds, type FlowInput, type FlowLimits, type ValueKind } from '../../../core/flow/model/flow';
import { isSlug, slugRule } from '../../../core/flow/model/slugs';
import { IconButton } from '../../shared/components/IconButton';
import { useEditor } from '../context';
import { kindNames } from '../graph/kinds';
import { useStored } from '../state/store';
import { FieldRow } from './FieldRow';
import { useDraft } from './useDraft';

/** What is set of the flow itself: its name, what it is given, and how much a run may use. */
export function FlowFields(): ReactElement {
	const editor = useEditor();
	const flow = useStored(editor.doc, doc => doc.flow);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const name = useDraft(flow.name, text => editor.apply('Rename flow', [{ op: 'setFlow', name: text }]));
	const about = useDraft(flow.description ?? '', text =>
		editor.apply('Describe flow', [{ op: 'setFlow', description: text }]),
	);
	return (
		<div className="form-fields">
			<FieldRow label="Name" description="">
				{aria => (
					<input
						{...aria}
						className="form-input"
						value={name.text}
						disabled={!canEdit}
						onChange={event => name.set(event.currentTarget.value)}
						onBlur={name.flush}
					/>
				)}
			</FieldRow>
			<FieldRow label="Description" description="">
				{aria => (
					<textarea
						{...aria}
						className="form-input"
						rows={3}
						value={about.text}
						disabled={!canEdit}
						onChange={event => about.set(event.currentTarget.value)}
						onBlur={about.flush}
					/>
				)}
			</FieldRow>
			<Inputs />
			<Limits />
		</div>
	);
}

function Inputs(): ReactElement {
	const editor = useEditor();
	const inputs = useStored(editor.doc, doc => doc.flow.inputs);
	const [fresh, setFresh] = useState('');
	const isTaken = Object.hasOwn(inputs, fresh);
	const problem =
		fresh === '' || (isSlug(fresh) && !isTaken) ? undefined : isTaken ? 'There is one already.' : `It ${slugRule}.`;
	const add = (): void => {
		if (fresh === '' || problem !== undefined) return;
		editor.apply(`Add input ${fresh}`, [{ op: 'setInput', name: fresh, input: { type: 'text' } }]);
		setFresh('');
	};
	return (
		<fieldset className="form-box">
			<legend>Inputs</legend>
			<p className="form-description">What a run is given; expressions read it as {'{{ flow.name }}'}.</p>
			{Object.entries(inputs).map(([name, input]) => (
				<Input key={name} name={name} input={input} />
			))}
			{editor.canEdit && (
				<div className="form-item">
					<input
						className="form-input"
						aria-label="Name of a new input"
						aria-invalid={problem !== undefined}
						placeholder="Name of a new input"
						value={fresh}
						onChange={event => setFresh(event.currentTarget.value)}
						onKeyDown={event => {
							if (event.key === 'Enter') add();
						}}
					/>
					<IconButton icon="add" label="Add input" isDisabled={fresh === '' || problem !== undefined} onClick={add} />
				</div>
			)}
			{problem !== undefined && <p className="form-problem">{problem}</p>}
		</fieldset>
	);
}

function Input({ name, input }: { readonly name: string; readonly input: FlowInput }): ReactElement {
	const editor = useEditor();
	const isDisabled = !editor.canEdit;
	const set = (change: Partial<FlowInput>): void => {
		editor.apply(`Change input ${name}`, [{ op: 'setInput', name, input: { ...input, ...change } }]);
	};
	const proposed = useDraft(input.default === undefined ? '' : JSON.stringify(input.default), text => {
		if (text.trim() === '') {
			const { default: _, ...rest } = input;
			editor.apply(`Change input ${name}`, [{ op: 'setInput', name, input: rest }]);
		} else set({ default: readValue(text) });
	});
	return (
		<div className="flow-input">
			<div className="form-item">
				<code>{name}</code>
				<select
					className="form-input"
					aria-label={`Kind of ${name}`}
					value={input.type}
					disabled={isDisabled}
					onChange={event => set({ type: event.currentTarget.value as ValueKind })}
				>
					{valueKinds.map(kind => (
						<option key={kind} value={kind}>
							{kindNames[kind]}
						</option>
					))}
				</select>
				<IconButton
					icon="trash"
					label={`Remove input ${name}`}
					isDisabled={isDisabled}
					onClick={() => editor.apply(`Remove input ${name}`, [{ op: 'setInput', name, input: null }])}
				/>
			</div>
			<input
				className="form-input"
				aria-label={`Default of ${name}`}
				placeholder="No default: it must be given"
				value={proposed.text}
				disabled={isDisabled}
				onChange={event => proposed.set(event.currentTarget.value)}
				onBlur={proposed.flush}
			/>
		</div>
	);
}

/** JSON where it is JSON, else the text itself. */
function readValue(text: string): NonNullable<FlowInput['default']> {
	try {
		return JSON.parse(text) as NonNullable<FlowInput['default']>;
	} catch {
		// A word without quotes means itself.
		return text;
	}
}

const limitNames: readonly (readonly [keyof FlowLimits, string, string])[] = [
	['maxCostUsd', 'Cost', 'US dollars'],
	['maxTokens', 'Tokens', 'tokens'],
	['maxSteps', 'Steps', 'node runs'],
	['maxMinutes', 'Time', 'minutes'],
	['concurrency', 'Nodes at once', 'nodes'],
];

function Limits(): ReactElement {
	const editor = useEditor();
	const limits = useStored(editor.doc, doc => doc.flow.limits);
	return (
		<fieldset className="form-box">
			<legend>Limits of a run</legend>
			{limitNames.map(([key, label, unit]) => (
				<Limit key={key} name={key} label={label} unit={unit} value={limits[key]} />
			))}
		</fieldset>
	);
}

function Limit({
	name,
	label,
	unit,
	value,
}: {
	readonly name: keyof FlowLimits;
	readonly label: string;
	readonly unit: string;
	readonly value: number | undefined;
}): ReactElement {
	const editor = useEditor();
	const cap = useStored(editor.doc, doc => doc.caps[name]);
	const draft = useDraft(value === undefined ? '' : String(value), text => {
		const { [name]: _, ...rest } = editor.flow.limits;
		const number = Number(text.trim());
		if (text.trim() === '') editor.apply(`No limit: ${label}`, [{ op: 'setFlow', limits: rest }]);
		else if (number > 0) editor.apply(`Limit: ${label}`, [{ op: 'setFlow', limits: { ...rest, [name]: number } }]);
	});
	const isWrong = draft.text.trim() !== '' && !(Number(draft.text) > 0);
	return (
		<FieldRow label={label} description="" problem={isWrong ? 'Write a number above 0.' : undefined}>
			{aria => (
				<div className="duration">
					<input
						{...aria}
						className="form-input"
						inputMode="decimal"
						placeholder={cap === undefined ? 'no limit' : String(cap)}
						value={draft.text}
						disabled={!editor.canEdit}
						onChange={event => draft.set(event.currentTarget.value)}
						onBlur={draft.flush}
					/>
					<span className="muted">{unit}</span>
				</div>
			)}
		</FieldRow>
	);
}
