import type { ReactElement } from 'react';
import { formatCost, toNano } from '../../../core/base/money';
import { commandOf, type CommandId } from '../../../core/flow/editorCommands';
import type { FlowLimits } from '../../../core/flow/model/flow';
import type { RunView } from '../../../core/flow/runView';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { MenuButton, type MenuItem } from '../../shared/components/Menu';
import { formatCount } from '../../shared/format';
import { whyNoRun } from '../commands/run';
import { useCommands, useEditor } from '../context';
import { useStore, useStored } from '../state/store';
import { isLive } from '../state/runs';
import { Elapsed } from './Elapsed';

/** Adding, running and looking; what stands in no button is in the menu. */
export function Toolbar(): ReactElement {
	const editor = useEditor();
	const ui = useStore(editor.ui);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	const problems = useStored(editor.doc, doc => doc.problems.length);
	return (
		<div className="toolbar" role="toolbar" aria-label="Flow">
			<Button id="palette" icon="add" isPressed={ui.hasPalette} isDisabled={!canEdit} />
			{editor.has('run') && <RunButtons />}
			<span className="toolbar-space" />
			<RunStatus />
			<span className="toolbar-space" />
			<IconButton
				icon="move"
				className={ui.tool === 'pan' ? 'pressed' : ''}
				label={ui.tool === 'pan' ? 'Drag to select' : 'Drag to move the canvas'}
				onClick={() => editor.ui.patch({ tool: ui.tool === 'pan' ? 'select' : 'pan' })}
			/>
			<Button id="zoom.fit" icon="screen-full" />
			<Button id="find" icon="search" isPressed={ui.bottom === 'find'} />
			<span className="with-count">
				<Button id="problems" icon="warning" isPressed={ui.bottom === 'problems'} />
				{problems > 0 && <span className="count">{problems}</span>}
			</span>
			<Button id="inspector" icon="layout-sidebar-right" isPressed={ui.hasInspector} />
			<More />
		</div>
	);
}

function Button({
	id,
	icon,
	isPressed = false,
	isDisabled = false,
}: {
	readonly id: CommandId;
	readonly icon: string;
	readonly isPressed?: boolean;
	readonly isDisabled?: boolean;
}): ReactElement {
	const commands = useCommands();
	return (
		<IconButton
			icon={icon}
			label={commandOf(id).title}
			className={isPressed ? 'pressed' : ''}
			isDisabled={isDisabled}
			onClick={() => void commands.run(id)}
		/>
	);
}

function RunButtons(): ReactElement {
	const editor = useEditor();
	const commands = useCommands();
	const run = useStored(editor.runs.run, now => now?.status ?? null);
	const obstacle = useStored(editor.doc, whyNoRun);
	const hasNode = useStored(editor.selection, selection => selection.current !== null);
	const live = run === 'running' || run === 'paused' || run === 'waiting';
	const more: MenuItem[] = (['run.all', 'run.again', 'run.toHere', 'run.fromHere', 'run.only'] as const).map(id => ({
		id,
		label: commandOf(id).title,
		isDisabled: obstacle !== null || (!hasNode && ['run.toHere', 'run.fromHere', 'run.only'].includes(id)),
	}));
	if (!live) {
		return (
			<span className="run-buttons">
				<button
					type="button"
					className="run-button"
					title={obstacle ?? 'Run Flow'}
					disabled={obstacle !== null}
					onClick={() => void commands.run('run.all')}
				>
					<Codicon name="play" />
					Run
				</button>
				<MenuButton label="Ways to run" items={more} onPick={id => void commands.run(id as CommandId)}>
					<Codicon name="chevron-down" />
				</MenuButton>
			</span>
		);
	}
	return (
		<span className="run-buttons">
			<Button id="run.stop" icon="debug-stop" />
			<Button id="run.pause" icon={run === 'paused' ? 'debug-continue' : 'debug-pause'} />
			{run === 'paused' && (
				<>
					<Button id="run.stepOver" icon="debug-step-over" />
					<Button id="run.stepInto" icon="debug-step-into" />
				</>
			)}
		</span>
	);
}

const statusWords: Readonly<Record<RunView['status'], readonly [icon: string, words: string]>> = {
	running: ['loading', 'Running'],
	paused: ['debug-pause', 'Paused'],
	waiting: ['person', 'Waits for you'],
	succeeded: ['pass-filled', 'Succeeded'],
	failed: ['error', 'Failed'],
	stopped: ['circle-slash', 'Stopped'],
	interrupted: ['debug-disconnect', 'Interrupted'],
};

/** How the run stands, and what it has used of what it may use. */
function RunStatus(): ReactElement | null {
	const editor = useEditor();
	const run = useStore(editor.runs.run);
	const caps = useStored(editor.doc, doc => doc.caps);
	if (!run) return null;
	const [icon, words] = statusWords[run.status];
	return (
		<button
			type="button"
			className={`run-status status-${run.status}`}
			title={[run.title, words, run.error ?? '', ...capWords(run, caps)].filter(part => part !== '').join('\n')}
			onClick={() => editor.ui.patch({ bottom: 'runs' })}
		>
			<Codicon name={icon} isSpinning={run.status === 'running'} />
			<span className="run-words">{words}</span>
			<span className="run-facts">
				<Elapsed from={run.startedAt} to={isLive(run) ? null : (run.endedAt ?? run.startedAt)} />
				{run.cost !== null && (
					<span
						className={
							isNear(run.cost, caps.maxCostUsd === undefined ? undefined : toNano(caps.maxCostUsd)) ? 'near' : ''
						}
					>
						{formatCost(run.cost)}
						{caps.maxCostUsd !== undefined && <span className="cap"> of ${caps.maxCostUsd}</span>}
					</span>
				)}
				{run.tokens > 0 && (
					<span className={isNear(run.tokens, caps.maxTokens) ? 'near' : ''}>{formatCount(run.tokens)} tokens</span>
				)}
			</span>
			{run.isOutdated && (
				<span title="The flow was changed after this run had begun. The run keeps its own copy.">
					<Codicon name="history" label="The flow was changed since" />
				</span>
			)}
		</button>
	);
}

function isNear(used: number, cap: number | undefined): boolean {
	return cap !== undefined && used >= cap * 0.8;
}

function capWords(run: RunView, caps: FlowLimits): readonly string[] {
	return [
		caps.maxSteps === undefined ? '' : `${run.steps} of ${caps.maxSteps} steps`,
		caps.maxTokens === undefined ? '' : `${formatCount(run.tokens)} of ${formatCount(caps.maxTokens)} tokens`,
		caps.maxCostUsd === undefined ? '' : `${formatCost(run.cost ?? 0)} of $${caps.maxCostUsd}`,
		caps.maxMinutes === undefined ? '' : `at most ${caps.maxMinutes} minutes`,
	];
}

const menuIds: readonly CommandId[] = [
	'add.node',
	'add.note',
	'paste',
	'select.all',
	'layout.all',
	'list',
	'runs',
	'values',
	'minimap',
	'snap',
	'zoom.in',
	'zoom.out',
	'zoom.reset',
	'open.text',
];

function More(): ReactElement {
	const editor = useEditor();
	const commands = useCommands();
	const items = menuIds
		.filter(id => (id !== 'layout.all' || editor.has('layout')) && (id !== 'open.text' || editor.has('openText')))
		.filter(id => !['runs', 'values'].includes(id) || editor.has('run'))
		.map((id): MenuItem => {
			const command = commandOf(id);
			return { id, label: command.title, isDisabled: command.isEdit === true && !editor.canEdit };
		});
	return (
		<MenuButton label="More" items={items} onPick={id => void commands.run(id as CommandId)}>
			<Codicon name="ellipsis" />
		</MenuButton>
	);
}
