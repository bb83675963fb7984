import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { flowListTopic, flowTopic, type FlowLine, type FlowRunLine } from '../../../core/dashboard/topics/flows';
import type { flowWidget } from '../../../core/dashboard/widgets/flow';
import type { RunStatus } from '../../../core/flow/engine/events';
import { formatCost } from '../../../core/base/money';
import { formatDuration, formatRelative, formatRunningDuration } from '../../../core/ledger/views/format';
import { Codicon } from '../../shared/components/Codicon';
import { Button } from '../../shared/components/toolkit';
import { ActionRows, joined, type Tone } from '../ActionRows';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { Bar } from '../parts';
import { useCommand } from '../useCommand';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof flowWidget.settings>;

const looks: Readonly<Record<RunStatus, readonly [icon: string, tone: Tone]>> = {
	running: ['sync', 'active'],
	paused: ['debug-pause', 'warning'],
	waiting: ['person', 'warning'],
	succeeded: ['pass', 'good'],
	failed: ['error', 'bad'],
	stopped: ['circle-slash', 'off'],
	interrupted: ['debug-disconnect', 'warning'],
};

export function Flow({ settings, onSettings }: WidgetProps<Settings>): ReactElement {
	if (settings.path.trim() === '') return <Choose onChoose={path => onSettings({ path })} />;
	return <One path={settings.path.trim()} withOutputs={settings.withOutputs} />;
}

function Choose({ onChoose }: { readonly onChoose: (path: string) => void }): ReactElement {
	const run = useCommand();
	return (
		<Live of={useTopic(flowListTopic, null)} loading="Looking for flows">
			{flows =>
				flows.length === 0 ? (
					<Empty icon="type-hierarchy-sub">
						<p>This workspace has no flow yet.</p>
						<Button onClick={() => run('quarterdeck.newFlow')}>New Flow…</Button>
					</Empty>
				) : (
					<>
						<p className="muted">Which flow?</p>
						<ActionRows
							rows={flows.map(({ path, name }) => ({
								id: path,
								icon: 'type-hierarchy-sub',
								state: 'flow',
								tone: 'off',
								title: name,
								about: path,
								open: () => onChoose(path),
							}))}
						/>
					</>
				)
			}
		</Live>
	);
}

function One({ path, withOutputs }: { readonly path: string; readonly withOutputs: boolean }): ReactElement {
	return (
		<Live of={useTopic(flowTopic, { path })} loading={`Reading ${path}`}>
			{flow => <Shown flow={flow} withOutputs={withOutputs} />}
		</Live>
	);
}

function Shown({ flow, withOutputs }: { readonly flow: FlowLine; readonly withOutputs: boolean }): ReactElement {
	const { uri, name, description, isRunning, run, outputs } = flow;
	const command = useCommand();
	return (
		<>
			<p className="tail-head">
				<button type="button" className="text-button" onClick={() => command('quarterdeck.flows.showGraph', uri)}>
					{name}
				</button>
			</p>
			{run ? <Run run={run} nodes={flow.nodes} /> : <p className="muted">{description || 'It has not run yet.'}</p>}
			<div className="widget-actions">
				{isRunning ? (
					<Button onClick={() => command('quarterdeck.flows.stop', uri)}>Stop</Button>
				) : (
					<Button appearance="primary" onClick={() => command('quarterdeck.flows.run', uri)}>
						Run
					</Button>
				)}
				{run && <Button onClick={() => command('quarterdeck.executions.open', run.id)}>Open Run</Button>}
			</div>
			{withOutputs &&
				outputs.map(output => (
					<section key={output.name} aria-label={output.name}>
						<p className="muted">{output.name}</p>
						<pre className="web-text mono">{output.text}</pre>
					</section>
				))}
		</>
	);
}

function Run({ run, nodes }: { readonly run: FlowRunLine; readonly nodes: number }): ReactElement {
	const { status, startedAt, durationMs, cost, error, done, active } = run;
	const now = useNow(done === null ? 60_000 : 1_000);
	const [icon, tone] = looks[status];
	const took =
		durationMs === null ? (done === null ? '' : formatRunningDuration(now - startedAt)) : formatDuration(durationMs);
	return (
		<>
			<p className={`flow-run tone-${tone}`}>
				<Codicon name={icon} isSpinning={status === 'running'} />{' '}
				{joined(status, done === null && formatRelative(startedAt, now), took, cost !== null && formatCost(cost))}
			</p>
			{done !== null && (
				<>
					<Bar percent={nodes === 0 ? 0 : (done / nodes) * 100} />
					<p className="muted">{joined(`${done} of ${nodes} nodes`, active.slice(0, 3).join(', '))}</p>
				</>
			)}
			{error !== null && <p className="flow-error">{error}</p>}
		</>
	);
}
