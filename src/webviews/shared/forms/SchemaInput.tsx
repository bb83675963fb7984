import { useId, type ReactElement, type RefObject } from 'react';
import { JsonArea } from './inputs';
import { SchemaFields } from './SchemaFields';
import type { SchemaState } from './useSchemaInput';

export interface SchemaInputProps {
	readonly input: SchemaState;
	readonly root: RefObject<HTMLDivElement | null>;
	readonly isMasked?: boolean;
	readonly isDisabled?: boolean;
	/** Without it the form alone is offered. */
	readonly hasRaw?: boolean;
}

/** A value that a schema describes: as a form, or as JSON. */
export function SchemaInput({
	input,
	root,
	isMasked = false,
	isDisabled = false,
	hasRaw = true,
}: SchemaInputProps): ReactElement {
	const id = useId();
	const { form, mode, problems } = input;
	const problem = problems[''];
	return (
		<div className="schema-input" ref={root}>
			{hasRaw && <ModeSwitch mode={mode} isDisabled={isDisabled} onMode={input.setMode} />}
			{problem !== undefined && (
				<p className="form-problem" role="alert" id={`${id}-problem`}>
					{problem}
				</p>
			)}
			{mode === 'json' ? (
				<JsonArea
					aria={{
						id: `${id}-json`,
						'aria-describedby': `${id}-problem`,
						'aria-invalid': problem !== undefined,
						'aria-required': true,
						'data-path': '',
					}}
					text={input.json}
					onText={input.setJson}
					isDisabled={isDisabled}
					placeholder="object"
					rows={10}
				/>
			) : form.fields.length === 0 ? (
				<p className="form-description">Nothing has to be filled in.</p>
			) : (
				<SchemaFields
					form={form}
					draft={input.draft}
					context={{ problems, isMasked, isDisabled }}
					onDraft={input.setDraft}
				/>
			)}
		</div>
	);
}

interface ModeSwitchProps {
	readonly mode: SchemaState['mode'];
	readonly isDisabled: boolean;
	readonly onMode: SchemaState['setMode'];
}

function ModeSwitch({ mode, isDisabled, onMode }: ModeSwitchProps): ReactElement {
	const name = useId();
	return (
		<div className="schema-switch" role="radiogroup" aria-label="How to write the input">
			{(['form', 'json'] as const).map(each => (
				<label key={each}>
					<input type="radio" name={name} checked={mode === each} disabled={isDisabled} onChange={() => onMode(each)} />
					{each === 'form' ? 'Form' : 'JSON'}
				</label>
			))}
		</div>
	);
}
