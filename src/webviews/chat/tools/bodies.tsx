import { memo, type ComponentType, type ReactElement } from 'react';
import type { ToolItem } from '../../../core/chat/items';
import { Codicon } from '../../shared/components/Codicon';
import { CopyButton, HighlightedCode } from '../../shared/components/CodeBlock';
import { Diff } from '../../shared/components/Diff';
import { languageOfPath } from '../../shared/components/highlight';
import { Markdown } from '../../shared/components/Markdown';
import { CappedText } from '../components/CappedText';
import { useHost } from '../host';
import { lookOf, textField, todosOf, type Todo } from './describe';
import { editPreview } from './editPreview';

export interface ToolBodyProps {
	readonly item: ToolItem;
}

const outputLabel = 'Output';

function Output({
	item,
	label = outputLabel,
}: {
	readonly item: ToolItem;
	readonly label?: string;
}): ReactElement | null {
	if (item.output === null) return null;
	if (item.output === '') return <p className="tool-note">No output</p>;
	return (
		<div className={item.state === 'failed' ? 'tool-output failed' : 'tool-output'}>
			<CappedText item={item.id} part="output" text={item.output} total={item.outputTotal} label={label} />
		</div>
	);
}

/** The command as it was run, then what it printed. */
function BashBody({ item }: ToolBodyProps): ReactElement {
	const { markdown } = useHost();
	const command = textField(item.input, 'command');
	return (
		<>
			<div className="tool-command">
				<HighlightedCode code={command} language="bash" label="Command" />
				<CopyButton text={command} copy={markdown.copy} label="Copy command" />
			</div>
			<Output item={item} />
		</>
	);
}

/** The change as a diff; what the tool said only where it failed. */
function EditBody({ item }: ToolBodyProps): ReactElement {
	const isFailed = item.state === 'failed' || item.state === 'refused';
	const content = textField(item.input, 'content');
	const preview = item.diff === null && item.approval !== null ? editPreview(item.input) : '';
	return (
		<>
			{item.diff !== null && <Diff diff={item.diff} label="Change" />}
			{preview !== '' && <Diff diff={preview} label="How the change begins" />}
			{item.diff === null && preview === '' && content !== '' && (
				<HighlightedCode
					code={content}
					language={languageOfPath(textField(item.input, 'file_path'))}
					label="New content"
				/>
			)}
			{isFailed && <Output item={item} label="Error" />}
		</>
	);
}

const todoIcons: Readonly<Record<Todo['status'], { readonly icon: string; readonly label: string }>> = {
	pending: { icon: 'circle-large-outline', label: 'To do' },
	in_progress: { icon: 'circle-large-filled', label: 'Doing' },
	completed: { icon: 'pass-filled', label: 'Done' },
};

function TodoBody({ item }: ToolBodyProps): ReactElement {
	return (
		<ul className="todos">
			{todosOf(item.input).map((todo, index) => (
				<li key={index} className={`todo ${todo.status}`}>
					<Codicon name={todoIcons[todo.status].icon} label={todoIcons[todo.status].label} />
					<span>{todo.text}</span>
				</li>
			))}
		</ul>
	);
}

/** What a sub-agent was asked, and its report; what it did is nested by the row itself. */
function AgentBody({ item }: ToolBodyProps): ReactElement {
	const { markdown } = useHost();
	const isCut = item.outputTotal > (item.output?.length ?? 0);
	return (
		<>
			<CappedText item={item.id} part="input" text={textField(item.input, 'prompt')} total={0} label="Task" />
			{item.output !== null && !isCut && <Markdown text={item.output} actions={markdown} />}
			{isCut && <Output item={item} label="Report" />}
		</>
	);
}

function PlanBody({ item }: ToolBodyProps): ReactElement | null {
	const { markdown } = useHost();
	const plan = textField(item.input, 'plan');
	if (item.approval !== null) return null;
	return plan === '' ? <Output item={item} /> : <Markdown text={plan} actions={markdown} />;
}

function OutputBody({ item }: ToolBodyProps): ReactElement | null {
	return <Output item={item} />;
}

/** Any other tool: its arguments as JSON, then its result. */
function JsonBody({ item }: ToolBodyProps): ReactElement {
	const hasInput = Object.keys(item.input).length > 0;
	return (
		<>
			{hasInput && <HighlightedCode code={JSON.stringify(item.input, null, 2)} language="json" label="Arguments" />}
			<Output item={item} />
		</>
	);
}

const bodies: Readonly<Record<string, ComponentType<ToolBodyProps>>> = {
	Bash: BashBody,
	BashOutput: OutputBody,
	Edit: EditBody,
	MultiEdit: EditBody,
	Write: EditBody,
	NotebookEdit: EditBody,
	Read: OutputBody,
	Grep: OutputBody,
	Glob: OutputBody,
	LS: OutputBody,
	TodoWrite: TodoBody,
	Task: AgentBody,
	Agent: AgentBody,
	AskUserQuestion: OutputBody,
	ExitPlanMode: PlanBody,
};

/** The unfolded part of a tool call. A tool without a renderer of its own shows its arguments and result. */
export const ToolBody = memo(function ToolBody(props: ToolBodyProps): ReactElement {
	const Body = bodies[lookOf(props.item.tool)] ?? JsonBody;
	return <Body {...props} />;
});
