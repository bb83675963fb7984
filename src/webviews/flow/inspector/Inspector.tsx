import { lazy, Suspense, type ReactElement } from 'react';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import type { NodeId } from '../../../core/flow/model/flow';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { useCommands, useEditor } from '../context';
import { hasDefinition } from '../state/describe';
import { useStore, useStored } from '../state/store';
import { isExpression, paramsOf } from './param';
import { ExecutionFields } from './ExecutionFields';
import { FlowFields } from './FlowFields';
import { ParamField } from './ParamField';
import { SelectionActions } from './SelectionActions';
import { TriggerFields } from './TriggerFields';
import { useDraft } from './useDraft';

const NoteMarkdown = lazy(async () => ({ default: (await import('../canvas/NoteMarkdown')).NoteMarkdown }));

/** What can be set of what is selected: a node, several nodes, or the flow itself. */
export function Inspector(): ReactElement {
	const editor = useEditor();
	const { nodes, current } = useStore(editor.selection);
	const id = nodes.size === 1 ? ([...nodes][0] ?? null) : nodes.size === 0 ? current : null;
	const node = useStored(editor.doc, doc => (id === null ? undefined : doc.flow.nodes[id]));
	useStored(editor.doc, doc => doc.revision);
	return (
		<aside className="inspector" aria-label="Inspector">
			<div className="side-head">
				<h2>{node ? 'Node' : nodes.size > 1 ? `${nodes.size} nodes` : 'Flow'}</h2>
				<IconButton icon="close" label="Hide the inspector" onClick={() => editor.ui.patch({ hasInspector: false })} />
			</div>
			<div className="side-body">
				{nodes.size > 1 ? <SelectionActions /> : id !== null && node ? <NodeFields key={id} id={id} /> : <FlowFields />}
			</div>
		</aside>
	);
}

function NodeFields({ id }: { readonly id: NodeId }): ReactElement | null {
	const editor = useEditor();
	const node = useStored(editor.doc, doc => doc.flow.nodes[id]);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const details = useStored(editor.doc, doc => doc.compare?.details[id]);
	const type = node && editor.catalog.find(node.type);
	const name = useDraft(node?.name ?? '', text =>
		editor.apply('Rename', [{ op: 'setNode', id, key: 'name', value: text.trim() === '' ? null : text.trim() }]),
	);
	if (!node) return null;
	return (
		<>
			<div className="node-identity">
				<span className={`entry-icon category-${(type?.category ?? 'none').toLowerCase()}`}>
					<Codicon name={type?.icon ?? 'question'} />
				</span>
				<div>
					<input
						className="form-input node-name"
						aria-label="Name"
						placeholder={type?.title ?? node.type}
						value={name.text}
						disabled={!canEdit}
						onChange={event => name.set(event.currentTarget.value)}
						onBlur={name.flush}
						onKeyDown={event => {
							if (event.key === 'Enter') name.flush();
						}}
					/>
					<p className="node-type muted">
						{type ? `${type.title} · ` : 'Unknown type · '}
						<code>{id}</code>
					</p>
				</div>
			</div>
			{details && (
				<ul className="compare-details">
					{details.map(line => (
						<li key={line}>{line}</li>
					))}
				</ul>
			)}
			<NodeProblems id={id} />
			{type?.isTrigger === true && <TriggerFields id={id} />}
			{type ? <Params id={id} type={type} /> : <UnknownType type={node.type} />}
			{type && !type.isNote && <ExecutionFields id={id} node={node} type={type} />}
			{type && <Help type={type} />}
			<NodeLinks id={id} />
		</>
	);
}

function Params({ id, type }: { readonly id: NodeId; readonly type: NodeTypeView }): ReactElement {
	const editor = useEditor();
	const params = useStored(editor.doc, doc => doc.flow.nodes[id]?.params);
	const all = paramsOf(type);
	const known = new Set(all.map(param => param.name));
	const strange = Object.entries(params ?? {}).filter(([name]) => !known.has(name));
	const plain = all.filter(param => !param.isAdvanced);
	const advanced = all.filter(param => param.isAdvanced);
	const isUsed = advanced.some(param => params?.[param.name] !== undefined || isExpression(params?.[param.name]));
	const field = (param: (typeof all)[number]): ReactElement => (
		<ParamField key={param.name} node={id} param={param} value={params?.[param.name]} />
	);
	return (
		<div className="params form-fields">
			{plain.map(field)}
			{advanced.length > 0 && (
				<details className="more" open={isUsed}>
					<summary>More</summary>
					<div className="form-fields">{advanced.map(field)}</div>
				</details>
			)}
			{strange.map(([name, value]) => (
				<div key={name} className="form-field">
					<div className="param-head">
						<span className="form-label">{name}</span>
						{editor.canEdit && (
							<IconButton
								icon="trash"
								label={`Remove ${name}`}
								onClick={() => editor.apply(`Remove ${name}`, [{ op: 'setParam', id, name, value: null }])}
							/>
						)}
					</div>
					<p className="form-problem">{type.title} has no such parameter.</p>
					<code className="strange-value">{JSON.stringify(value).slice(0, 300)}</code>
				</div>
			))}
		</div>
	);
}

function UnknownType({ type }: { readonly type: string }): ReactElement {
	return (
		<p className="form-problem">
			No node type is called “{type}” here. It may be a custom node whose file is missing, or come from a newer version.
			What stands in the document is kept.
		</p>
	);
}

function NodeProblems({ id }: { readonly id: NodeId }): ReactElement | null {
	const editor = useEditor();
	const problems = useStored(editor.doc, doc => doc.problems);
	const own = problems.filter(problem => problem.node === id);
	if (own.length === 0) return null;
	return (
		<ul className="node-problems">
			{own.map(problem => (
				<li key={problem.id} className={`severity-${problem.severity}`}>
					<Codicon name={problem.severity === 'info' ? 'info' : problem.severity} />
					<span>{problem.message}</span>
					{editor.canEdit &&
						problem.fixes.map(fix => (
							<button
								key={fix.id}
								type="button"
								className="text-button"
								onClick={() => void editor.attempt('applyFix', { problem: problem.id, fix: fix.id })}
							>
								{fix.title}
							</button>
						))}
				</li>
			))}
		</ul>
	);
}

function Help({ type }: { readonly type: NodeTypeView }): ReactElement {
	return (
		<details className="more">
			<summary>Help</summary>
			<Suspense fallback={<p>{type.summary}</p>}>
				<NoteMarkdown text={type.help === '' ? type.summary : type.help} />
			</Suspense>
		</details>
	);
}

/** What else can be seen of the node. */
function NodeLinks({ id }: { readonly id: NodeId }): ReactElement {
	const editor = useEditor();
	const commands = useCommands();
	const hasRun = useStored(editor.runs.run, run => run !== null);
	const canBeOpened = useStored(editor.doc, doc => hasDefinition(doc.flow.nodes[id]?.type ?? ''));
	return (
		<div className="node-links">
			{hasRun && (
				<button type="button" className="text-button" onClick={() => editor.ui.patch({ bottom: 'values' })}>
					Values of the run
				</button>
			)}
			{editor.has('openText') && (
				<button type="button" className="text-button" onClick={() => commands.run('open.text')}>
					Show in the text
				</button>
			)}
			{canBeOpened && editor.has('openSubflow') && (
				<button type="button" className="text-button" onClick={() => commands.run('definition')}>
					Go to definition
				</button>
			)}
		</div>
	);
}
