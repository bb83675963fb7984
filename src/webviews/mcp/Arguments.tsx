import { useId, useRef, useState, type ReactElement } from 'react';
import type { CompletionOf } from '../../core/mcp/inspectorProtocol';
import { useHost } from './host';

export interface ArgumentView {
	readonly name: string;
	readonly description: string;
	readonly isRequired: boolean;
}

export interface ArgumentsState {
	readonly names: readonly ArgumentView[];
	readonly values: Readonly<Record<string, string>>;
	readonly missing: ReadonlySet<string>;
	readonly set: (name: string, value: string) => void;
	/** The filled-in ones, or `undefined` when a required one is missing. */
	readonly read: () => Readonly<Record<string, string>> | undefined;
}

/** The arguments of a prompt or the variables of a template while they are filled in. */
export function useArguments(place: string, names: readonly ArgumentView[]): ArgumentsState {
	const { memory } = useHost();
	const key = `${place}:arguments`;
	const [values, setValues] = useState(() => (memory.get(key) as Readonly<Record<string, string>> | undefined) ?? {});
	const [isChecked, setIsChecked] = useState(false);
	const missing = names
		.filter(({ name, isRequired }) => isRequired && (values[name] ?? '') === '')
		.map(({ name }) => name);
	return {
		names,
		values,
		missing: new Set(isChecked ? missing : []),
		set: (name, value) => {
			const next = { ...values, [name]: value };
			memory.set(key, next);
			setValues(next);
		},
		read: () => {
			setIsChecked(true);
			if (missing.length > 0) return undefined;
			return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
		},
	};
}

export interface ArgumentsProps {
	readonly state: ArgumentsState;
	readonly of: CompletionOf;
	readonly isDisabled: boolean;
}

/** One line for each argument, with what the server suggests. */
export function Arguments({ state, of, isDisabled }: ArgumentsProps): ReactElement | null {
	if (state.names.length === 0) return null;
	return (
		<div className="form-fields">
			{state.names.map(argument => (
				<Argument key={argument.name} argument={argument} state={state} of={of} isDisabled={isDisabled} />
			))}
		</div>
	);
}

function Argument({
	argument,
	state,
	of,
	isDisabled,
}: ArgumentsProps & { readonly argument: ArgumentView }): ReactElement {
	const { client } = useHost();
	const id = useId();
	const [suggestions, setSuggestions] = useState<readonly string[]>([]);
	const latest = useRef(0);
	const { name } = argument;
	const isMissing = state.missing.has(name);
	const suggest = (value: string): void => {
		const turn = ++latest.current;
		const { [name]: _, ...known } = state.values;
		client.call('complete', { of, argument: { name, value }, known }).then(
			found => {
				if (turn === latest.current) setSuggestions(found);
			},
			// Most servers suggest nothing; that is no failure worth a word.
			() => setSuggestions([]),
		);
	};
	return (
		<div className="form-field">
			<label className="form-label" htmlFor={id}>
				{name}
				{argument.isRequired && <span className="form-required"> (required)</span>}
			</label>
			<input
				id={id}
				className="form-input"
				list={`${id}-list`}
				autoComplete="off"
				spellCheck={false}
				aria-invalid={isMissing}
				aria-describedby={`${id}-about`}
				disabled={isDisabled}
				value={state.values[name] ?? ''}
				onFocus={() => suggest(state.values[name] ?? '')}
				onChange={event => {
					state.set(name, event.currentTarget.value);
					suggest(event.currentTarget.value);
				}}
			/>
			<datalist id={`${id}-list`}>
				{suggestions.map(suggestion => (
					<option key={suggestion} value={suggestion} />
				))}
			</datalist>
			<div id={`${id}-about`}>
				{isMissing && <p className="form-problem">Fill this in.</p>}
				{argument.description !== '' && <p className="form-description">{argument.description}</p>}
			</div>
		</div>
	);
}
