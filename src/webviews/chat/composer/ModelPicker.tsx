import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import type { ConversationView, ModelChoice } from '../../../core/chat/items';
import type { ModelGroup } from '../../../core/chat/protocol';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { Popover } from '../../shared/components/Popover';
import { InlineError } from '../components/InlineError';
import { useCall, useHost } from '../host';

/** What the chosen model is called: its own label where it is known, else the last part of its reference. */
export function modelLabel(conversation: ConversationView): string {
	const { model, models, chosen } = conversation;
	if (model === 'auto') return 'Auto';
	const known = models.find(({ value }) => value === model) ?? (chosen?.value === model ? chosen : null);
	return known?.label ?? model.slice(model.indexOf('/') + 1);
}

/** Groups with the models whose names, descriptions or providers hold every word of `text`. */
export function matchingGroups(groups: readonly ModelGroup[], text: string): readonly ModelGroup[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length === 0) return groups;
	return groups.flatMap(group => {
		const holds = ({ value, label, description }: ModelChoice): boolean => {
			const all = `${group.label} ${value} ${label} ${description}`.toLowerCase();
			return words.every(word => all.includes(word));
		};
		const models = group.models.filter(holds);
		return models.length === 0 ? [] : [{ ...group, models }];
	});
}

/** The button with the model that answers, and behind it every model there is. */
export function ModelPicker({ conversation }: { readonly conversation: ConversationView }): ReactElement {
	const [isOpen, setIsOpen] = useState(false);
	const button = useRef<HTMLButtonElement>(null);
	const label = modelLabel(conversation);
	const close = useCallback(() => setIsOpen(false), []);
	const closeAndFocus = useCallback(() => {
		setIsOpen(false);
		button.current?.focus();
	}, []);
	return (
		<>
			<button
				ref={button}
				type="button"
				className="menu-button model"
				title={`Model: ${label}`}
				aria-label={`Model: ${label}`}
				aria-haspopup="dialog"
				aria-expanded={isOpen}
				onClick={() => setIsOpen(!isOpen)}
			>
				<span className="picker-text">{label}</span>
				<Codicon name="chevron-down" />
			</button>
			{isOpen && (
				<Popover anchor={button} onClose={close} className="model-popover">
					<ModelList conversation={conversation} onClose={closeAndFocus} />
				</Popover>
			)}
		</>
	);
}

/** Providers with hundreds of models are searched, not scrolled. */
const mostShown = 100;

interface ModelListProps {
	readonly conversation: ConversationView;
	readonly onClose: () => void;
}

function ModelList({ conversation, onClose }: ModelListProps): ReactElement {
	const { attempt } = useHost();
	const { groups, call, reload } = useGroups();
	const [text, setText] = useState('');
	const [index, setIndex] = useState<number | null>(null);
	const id = useId();
	const shown = useMemo(() => matchingGroups(groups ?? [], text), [groups, text]);
	const choices = shown.flatMap(group => group.models.slice(0, mostShown));
	const chosen = choices.findIndex(({ value }) => value === conversation.model);
	const at = Math.min(index ?? Math.max(0, text === '' ? chosen : 0), Math.max(0, choices.length - 1));
	const pick = (choice: ModelChoice | undefined): void => {
		if (!choice) return;
		onClose();
		void attempt('setModel', { conversation: conversation.id, model: choice.value });
	};
	const onKeyDown = (event: KeyboardEvent): void => {
		if (event.key === 'ArrowDown') setIndex((at + 1) % Math.max(1, choices.length));
		else if (event.key === 'ArrowUp') setIndex((at + choices.length - 1) % Math.max(1, choices.length));
		else if (event.key === 'Enter') pick(choices[at]);
		else if (event.key === 'Escape') {
			event.stopPropagation();
			onClose();
		} else return;
		event.preventDefault();
	};
	return (
		<div className="model-list" role="dialog" aria-label="Choose a model">
			<ModelSearch
				listId={id}
				selectedId={choices[at] ? `${id}-${at}` : undefined}
				text={text}
				isLoading={call.isRunning}
				onText={next => {
					setText(next);
					setIndex(null);
				}}
				onKeyDown={onKeyDown}
				onReload={() => reload(true)}
			/>
			<div className="model-scroll">
				<Groups id={id} groups={shown} choices={choices} selected={at} current={conversation.model} onPick={pick} />
				{shown.map(
					group => group.problem && <Unavailable key={group.provider} label={group.label} problem={group.problem} />,
				)}
			</div>
			<ListNote isLoading={groups === null && call.isRunning} isEmpty={groups !== null && shown.length === 0} />
			<InlineError error={call.error} />
		</div>
	);
}

interface ModelSearchProps {
	readonly listId: string;
	readonly selectedId: string | undefined;
	readonly text: string;
	readonly isLoading: boolean;
	readonly onText: (text: string) => void;
	readonly onKeyDown: (event: KeyboardEvent) => void;
	readonly onReload: () => void;
}

function ModelSearch(props: ModelSearchProps): ReactElement {
	return (
		<div className="model-search">
			<input
				className="text-input"
				type="text"
				role="combobox"
				autoFocus
				aria-label="Search models"
				aria-expanded="true"
				aria-controls={props.listId}
				aria-activedescendant={props.selectedId}
				placeholder="Search models"
				value={props.text}
				onChange={event => props.onText(event.target.value)}
				onKeyDown={props.onKeyDown}
			/>
			<IconButton
				icon="refresh"
				label="Ask the providers again"
				isDisabled={props.isLoading}
				onClick={props.onReload}
			/>
		</div>
	);
}

const noChoice: ModelChoice = { value: '', label: '', description: '', efforts: [] };

function ListNote({
	isLoading,
	isEmpty,
}: {
	readonly isLoading: boolean;
	readonly isEmpty: boolean;
}): ReactElement | null {
	if (isLoading) return <p className="tool-note suggest-note">Asking the providers…</p>;
	return isEmpty ? <p className="tool-note suggest-note">No model of that name.</p> : null;
}

/** The models of all providers, asked when the list opens. */
function useGroups(): {
	readonly groups: readonly ModelGroup[] | null;
	readonly call: ReturnType<typeof useCall>;
	readonly reload: (isFresh: boolean) => void;
} {
	const { client } = useHost();
	const call = useCall();
	const { run } = call;
	const [groups, setGroups] = useState<readonly ModelGroup[] | null>(null);
	const reload = useCallback(
		(isFresh: boolean) => void run(async () => setGroups(await client.call('models', { isFresh }, 30_000))),
		[client, run],
	);
	useEffect(() => reload(false), [reload]);
	return { groups, call, reload };
}

interface GroupsProps {
	readonly id: string;
	readonly groups: readonly ModelGroup[];
	/** The models of all groups, in the order in which they are shown. */
	readonly choices: readonly ModelChoice[];
	readonly selected: number;
	readonly current: string;
	readonly onPick: (choice: ModelChoice) => void;
}

function Groups({ id, groups, choices, selected, current, onPick }: GroupsProps): ReactElement {
	return (
		<div id={id} role="listbox" aria-label="Models" className="menu">
			{groups
				.filter(group => group.models.length > 0)
				.map(group => (
					<Group
						key={group.provider}
						group={group}
						id={id}
						from={choices.indexOf(group.models[0] ?? noChoice)}
						selected={selected}
						current={current}
						onPick={onPick}
					/>
				))}
		</div>
	);
}

interface GroupProps {
	readonly group: ModelGroup;
	readonly id: string;
	/** Index of its first model in the whole list. */
	readonly from: number;
	readonly selected: number;
	readonly current: string;
	readonly onPick: (choice: ModelChoice) => void;
}

function Group({ group, id, from, selected, current, onPick }: GroupProps): ReactElement {
	const shown = group.models.slice(0, mostShown);
	const hidden = group.models.length - shown.length;
	return (
		<div role="group" aria-label={group.label} className="model-group">
			<div className="model-group-name" aria-hidden="true">
				{group.label}
				{group.isLocal && <span className="muted"> · on this machine</span>}
			</div>
			{shown.map((choice, index) => (
				<div
					key={choice.value}
					ref={from + index === selected ? showOption : undefined}
					id={`${id}-${from + index}`}
					role="option"
					aria-selected={choice.value === current}
					className={from + index === selected ? 'menu-item selected' : 'menu-item'}
					onPointerDown={event => event.preventDefault()}
					onClick={() => onPick(choice)}
				>
					<Codicon name={choice.value === current ? 'check' : 'blank'} />
					<span className="menu-item-text">
						<span>{choice.label}</span>
						{choice.description !== '' && <span className="menu-item-description">{choice.description}</span>}
					</span>
				</div>
			))}
			{hidden > 0 && <p className="tool-note suggest-note">{hidden} more: search for them.</p>}
		</div>
	);
}

interface UnavailableProps {
	readonly label: string;
	readonly problem: NonNullable<ModelGroup['problem']>;
}

/** A provider that cannot be asked now, below those that can: why, and what to do. */
function Unavailable({ label, problem }: UnavailableProps): ReactElement {
	const { attempt } = useHost();
	return (
		<div className="model-problem" role="group" aria-label={label}>
			<Codicon name="warning" label="Not available" />
			<span>
				<strong>{label}</strong> {problem.text}{' '}
				{problem.actions.map(action => (
					<button
						key={action.title}
						type="button"
						className="text-button"
						onClick={() => void attempt('runAction', { action })}
					>
						{action.title}
					</button>
				))}
			</span>
		</div>
	);
}

function showOption(option: HTMLElement | null): void {
	option?.scrollIntoView({ block: 'nearest' });
}
