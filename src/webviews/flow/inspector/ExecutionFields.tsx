import type { ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { FlowNode, NodeId, RetryPolicy } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { FieldRow } from './FieldRow';
import { DurationInput } from './plainInputs';
import { useDraft } from './useDraft';

type Key = 'retry' | 'timeoutMs' | 'onError' | 'skip' | 'cache' | 'note';

interface SettingProps {
	readonly node: FlowNode;
	readonly isDisabled: boolean;
	readonly set: (key: Key, value: Json) => void;
}

/** How the node is run: again after a failure, for how long, and what then. */
export function ExecutionFields({
	id,
	node,
	type,
}: {
	readonly id: NodeId;
	readonly node: FlowNode;
	readonly type: NodeTypeView;
}): ReactElement {
	const editor = useEditor();
	const isDisabled = !editor.canEdit;
	const set = (key: Key, value: Json): void => void editor.apply('Change', [{ op: 'setNode', id, key, value }]);
	const settings = { node, isDisabled, set };
	const hasSettings = [node.retry, node.timeoutMs, node.onError, node.skip, node.cache].some(
		each => each !== undefined,
	);
	return (
		<details className="more" open={hasSettings}>
			<summary>Execution</summary>
			<div className="form-fields">
				{!type.isTrigger && <Attempts {...settings} type={type} />}
				<Pick
					label="Skip"
					isDisabled={isDisabled}
					value={node.skip ?? ''}
					choices={[
						['', 'Run it'],
						['mute', 'Mute: it does not run, nor what needs it'],
						['bypass', 'Bypass: its first input is its first output'],
					]}
					onPick={value => set('skip', value === '' ? null : value)}
				/>
				<TextField
					label="Note"
					value={node.note ?? ''}
					isDisabled={isDisabled}
					onKeep={text => set('note', text === '' ? null : text)}
				/>
			</div>
		</details>
	);
}

function Attempts({ type, ...settings }: SettingProps & { readonly type: NodeTypeView }): ReactElement {
	const { node, isDisabled, set } = settings;
	return (
		<>
			<Failure {...settings} />
			<Retry policy={node.retry} isDisabled={isDisabled} onKeep={value => set('retry', value)} />
			<FieldRow label="Time limit of an attempt" description="">
				{aria => (
					<DurationInput
						aria={aria}
						isDisabled={isDisabled}
						value={node.timeoutMs}
						onKeep={value => set('timeoutMs', value)}
					/>
				)}
			</FieldRow>
			<Pick
				label="Cache"
				isDisabled={isDisabled}
				value={String(node.cache ?? '')}
				choices={[
					['', type.effects === 'pure' ? 'As its type says: yes' : 'As its type says: no'],
					['true', 'Always answer from the cache'],
					['false', 'Never answer from the cache'],
				]}
				onPick={value => set('cache', value === '' ? null : value === 'true')}
			/>
		</>
	);
}

function Failure({ node, isDisabled, set }: SettingProps): ReactElement {
	return (
		<>
			<Pick
				label="When it fails"
				isDisabled={isDisabled}
				value={typeof node.onError === 'object' ? 'value' : (node.onError ?? 'stop')}
				choices={[
					['stop', 'Stop the run'],
					['branch', 'Take the error port'],
					['value', 'Go on with a fixed value'],
				]}
				onPick={value => set('onError', value === 'stop' ? null : value === 'branch' ? 'branch' : { value: {} })}
			/>
			{typeof node.onError === 'object' && (
				<JsonField
					label="Value instead"
					description="By output port, as JSON."
					value={node.onError.value}
					isDisabled={isDisabled}
					onKeep={value => set('onError', { value })}
				/>
			)}
		</>
	);
}

function Pick({
	label,
	value,
	choices,
	isDisabled,
	onPick,
}: {
	readonly label: string;
	readonly value: string;
	readonly choices: readonly (readonly [value: string, label: string])[];
	readonly isDisabled: boolean;
	readonly onPick: (value: string) => void;
}): ReactElement {
	return (
		<FieldRow label={label} description="">
			{aria => (
				<select
					{...aria}
					className="form-input"
					disabled={isDisabled}
					value={value}
					onChange={event => onPick(event.currentTarget.value)}
				>
					{choices.map(([each, words]) => (
						<option key={each} value={each}>
							{words}
						</option>
					))}
				</select>
			)}
		</FieldRow>
	);
}

function Retry({
	policy,
	isDisabled,
	onKeep,
}: {
	readonly policy: RetryPolicy | undefined;
	readonly isDisabled: boolean;
	readonly onKeep: (value: Json) => void;
}): ReactElement {
	const keep = (change: Partial<RetryPolicy>): void => {
		const next = { max: 0, ...policy, ...change };
		onKeep(next.max === 0 ? null : next);
	};
	return (
		<>
			<FieldRow label="Try again" description="Attempts beside the first.">
				{aria => (
					<input
						{...aria}
						type="number"
						min={0}
						max={20}
						className="form-input"
						disabled={isDisabled}
						value={policy?.max ?? 0}
						onChange={event =>
							keep({ max: Math.max(0, Math.min(20, Math.round(event.currentTarget.valueAsNumber || 0))) })
						}
					/>
				)}
			</FieldRow>
			{policy && (
				<>
					<FieldRow label="Pause before the second attempt" description="A server’s Retry-After wins.">
						{aria => (
							<DurationInput
								aria={aria}
								isDisabled={isDisabled}
								value={policy.delayMs}
								onKeep={value => keep({ delayMs: typeof value === 'number' ? value : 0 })}
							/>
						)}
					</FieldRow>
					<Pick
						label="Pauses"
						isDisabled={isDisabled}
						value={policy.backoff ?? 'exponential'}
						choices={[
							['exponential', 'Twice as long each time'],
							['fixed', 'Always the same'],
						]}
						onPick={value => keep({ backoff: value === 'fixed' ? 'fixed' : 'exponential' })}
					/>
				</>
			)}
		</>
	);
}

function TextField({
	label,
	value,
	isDisabled,
	onKeep,
}: {
	readonly label: string;
	readonly value: string;
	readonly isDisabled: boolean;
	readonly onKeep: (text: string) => void;
}): ReactElement {
	const draft = useDraft(value, onKeep);
	return (
		<FieldRow label={label} description="">
			{aria => (
				<textarea
					{...aria}
					className="form-input"
					rows={2}
					value={draft.text}
					disabled={isDisabled}
					onChange={event => draft.set(event.currentTarget.value)}
					onBlur={draft.flush}
				/>
			)}
		</FieldRow>
	);
}

/** An object as JSON; what is none is not kept and said. */
function JsonField({
	label,
	description,
	value,
	isDisabled,
	onKeep,
}: {
	readonly label: string;
	readonly description: string;
	readonly value: Json;
	readonly isDisabled: boolean;
	readonly onKeep: (value: Json) => void;
}): ReactElement {
	const draft = useDraft(JSON.stringify(value, null, 2), text => {
		const read = readObject(text);
		if (read !== null) onKeep(read);
	});
	const problem = readObject(draft.text) === null ? 'This is no JSON object.' : undefined;
	return (
		<FieldRow label={label} description={description} problem={problem}>
			{aria => (
				<textarea
					{...aria}
					className="form-input mono"
					rows={3}
					spellCheck={false}
					value={draft.text}
					disabled={isDisabled}
					onChange={event => draft.set(event.currentTarget.value)}
					onBlur={draft.flush}
				/>
			)}
		</FieldRow>
	);
}

function readObject(text: string): Json | null {
	try {
		const value = JSON.parse(text) as Json;
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
	} catch {
		// Half-written JSON is what stands there while one types.
		return null;
	}
}
