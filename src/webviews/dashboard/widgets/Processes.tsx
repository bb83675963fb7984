import { useMemo, useState, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { endProcess, processesTopic } from '../../../core/dashboard/topics/processes';
import type { processesWidget } from '../../../core/dashboard/widgets/processes';
import type { ProcessSample } from '../../../core/hardware/sample';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { useAct, useTopic } from '../context';
import { Empty, Live } from '../Live';
import { formatPercent, formatSize } from '../numbers';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof processesWidget.settings>;

export function Processes({ settings }: WidgetProps<Settings>): ReactElement {
	return (
		<Live of={useTopic(processesTopic, null)} loading="Listing processes">
			{processes => <Table processes={processes} settings={settings} />}
		</Live>
	);
}

function Table({
	processes,
	settings,
}: {
	readonly processes: readonly ProcessSample[];
	readonly settings: Settings;
}): ReactElement {
	const shown = useMemo(() => chosen(processes, settings), [processes, settings]);
	const hasGpu = shown.some(({ gpuMemory }) => gpuMemory !== undefined);
	if (shown.length === 0) {
		return (
			<Empty icon="list-tree">
				{settings.onlyAi ? 'No models and no agents run now.' : 'No process is worth naming.'}
			</Empty>
		);
	}
	return (
		<table className="table processes">
			<thead>
				<tr>
					<th scope="col">Process</th>
					<th scope="col">CPU</th>
					<th scope="col">Memory</th>
					{hasGpu && <th scope="col">GPU</th>}
					<th>
						<span className="visually-hidden">End</span>
					</th>
				</tr>
			</thead>
			<tbody>
				{shown.map(process => (
					<Row key={`${process.pid} ${process.startedAt}`} process={process} hasGpu={hasGpu} />
				))}
			</tbody>
		</table>
	);
}

function Row({ process, hasGpu }: { readonly process: ProcessSample; readonly hasGpu: boolean }): ReactElement {
	const { pid, name, command, cpu, memory, gpuMemory, isAi, startedAt } = process;
	const act = useAct();
	const [state, setState] = useState<'runs' | 'ending' | 'stays'>('runs');
	const end = async (): Promise<void> => {
		const isForced = state === 'stays';
		setState('ending');
		const result = await act(endProcess, { pid, startedAt: startedAt ?? null, isForced });
		setState(result === 'running' ? 'stays' : 'runs');
	};
	return (
		<tr>
			<th scope="row" title={`${command ?? name} (${pid})`}>
				{isAi && <Codicon name="sparkle" label="Runs models or agents" />}
				<span>{name}</span> <span className="muted">{pid}</span>
			</th>
			<td>{cpu === undefined ? '–' : formatPercent(cpu)}</td>
			<td>{formatSize(memory)}</td>
			{hasGpu && <td>{gpuMemory === undefined ? '' : formatSize(gpuMemory)}</td>}
			<td>
				{state === 'ending' ? (
					<Codicon name="loading" isSpinning label={`Ending ${name}`} />
				) : (
					<IconButton
						icon={state === 'stays' ? 'debug-disconnect' : 'close'}
						label={state === 'stays' ? `${name} does not end: end it at once` : `End ${name}`}
						onClick={() => void end()}
					/>
				)}
			</td>
		</tr>
	);
}

function chosen(processes: readonly ProcessSample[], { order, onlyAi, most }: Settings): readonly ProcessSample[] {
	const list = onlyAi ? processes.filter(({ isAi }) => isAi) : processes;
	const weight: (process: ProcessSample) => number = {
		ai: ({ isAi, cpu = 0 }: ProcessSample) => (isAi ? 1e6 : 0) + cpu,
		cpu: ({ cpu = 0 }: ProcessSample) => cpu,
		memory: ({ memory }: ProcessSample) => memory,
		gpu: ({ gpuMemory = 0, memory }: ProcessSample) => gpuMemory + memory / 1e6,
	}[order];
	return [...list].sort((left, right) => weight(right) - weight(left)).slice(0, most);
}
