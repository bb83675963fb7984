import type { ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { FlowNode, NodeId, RetryPolicy } from '../../../core/flow/model/flow';
import { useEditor } from '../context';
import { FieldRow } from './FieldRow';
import { DurationInput } from './plainInputs';
import { useDraft } from './useDraft';

type Key = 'retry' | 'timeoutMs' | 'onError' | 'skip' | 'cache' | 'note';

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
	const hasSettings = [node.retry, node.timeoutMs, node.onError, node.skip, node.cache].some(
		each => each !== undefined,
	);
	return (
		<details className="more" open={hasSettings}>
			<summary>Execution</summary>
			<div className="form-fields">
				{!type.isTrigger && (
					<>
						<FieldRow label="When it fails" description="">
							{aria => (
								<select
									{...aria}
									className="form-input"
									disabled={isDisabled}
									value={typeof node.onError === 'object' ? 'value' : (node.onError ?? 'stop')}
									onChange={event => {
										const { value } = event.currentTarget;
										set('onError', value === 'stop' ? null : value === 'branch' ? 'branch' : { value: {} });
									}}
								>
									<option value="stop">Stop the run</option>
									<option value="branch">Take the error port</option>
									<option value="value">Go on with a fixed value</option>
								</select>
							)}
						</FieldRow>
						{typeof node.onError === 'object' && (
							<JsonField
								label="Value instead"
								description="By output port, as JSON."
								value={node.onError.value}
								isDisabled={isDisabled}
								onKeep={value => set('onError', { value })}
							/>
						)}
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
						<FieldRow label="Cache" description="">
							{aria => (
								<select
									{...aria}
									className="form-input"
									disabled={isDisabled}
									value={String(node.cache ?? '')}
									onChange={event => {
										const { value } = event.currentTarget;
										set('cache', value === '' ? null : value === 'true');
									}}
								>
									<option value="">{type.effects === 'pure' ? 'As its type says: yes' : 'As its type says: no'}</option>
									<option value="true">Always answer from the cache</option>
									<option value="false">Never answer from the cache</option>
								</select>
							)}
						</FieldRow>
					</>
				)}
				<FieldRow label="Skip" description="">
					{aria => (
						<select
							{...aria}
							className="form-input"
							disabled={isDisabled}
							value={node.skip ?? ''}
							onChange={event => set('skip', event.currentTarget.value === '' ? null : event.currentTarget.value)}
						>
							<option value="">Run it</option>
							<option value="mute">Mute: it does not run, nor what needs it</option>
							<option value="bypass">Bypass: its first input is its first output</option>
						</select>
					)}
				</FieldRow>
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
					<FieldRow label="Pauses" description="">
						{aria => (
							<select
								{...aria}
								className="form-input"
								disabled={isDisabled}
								value={policy.backoff ?? 'exponential'}
								onChange={event => keep({ backoff: event.currentTarget.value === 'fixed' ? 'fixed' : 'exponential' })}
							>
								<option value="exponential">Twice as long each time</option>
								<option value="fixed">Always the same</option>
							</select>
						)}
					</FieldRow>
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
