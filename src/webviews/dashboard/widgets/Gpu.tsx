import type { ReactElement, ReactNode } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { gpusTopic } from '../../../core/dashboard/topics/hardware';
import type { gpuWidget } from '../../../core/dashboard/widgets/gpu';
import type { GpuSample } from '../../../core/hardware/sample';
import { Codicon } from '../../shared/components/Codicon';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { formatFrequency, formatPercent, formatSize, levelOf } from '../numbers';
import { Bar, Facts, Figure } from '../parts';
import { Sparkline } from '../Sparkline';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof gpuWidget.settings>;

export function Gpu({ settings }: WidgetProps<Settings>): ReactElement {
	return (
		<Live of={useTopic(gpusTopic, null)} loading="Looking for GPUs">
			{({ gpus, problem }) =>
				gpus.length === 0 ? (
					<Empty icon="circuit-board">
						{problem === null ? 'This machine has no GPU that tells what it does.' : `The driver says: ${problem}`}
					</Empty>
				) : (
					gpus.map(gpu => <Card key={gpu.id} gpu={gpu} settings={settings} isOnly={gpus.length === 1} />)
				)
			}
		</Live>
	);
}

/** One card. What its driver does not tell is left out. */
function Card({
	gpu,
	settings: { history, showDetails, hotAt },
	isOnly,
}: {
	readonly gpu: GpuSample;
	readonly settings: Settings;
	readonly isOnly: boolean;
}): ReactElement {
	const { usage, temperature, throttled = [] } = gpu;
	return (
		<section className="gpu" aria-label={gpu.name}>
			<p className="gpu-name" title={gpu.name}>
				{isOnly ? gpu.name : `${gpu.index} · ${gpu.name}`}
			</p>
			<div className="figures">
				{usage !== undefined && <Figure value={formatPercent(usage)} label="use" />}
				{temperature !== undefined && (
					<Figure value={`${Math.round(temperature)} °C`} label="" level={levelOf(temperature, hotAt, hotAt + 7)} />
				)}
			</div>
			{usage !== undefined && <Bar percent={usage} />}
			<VideoMemory gpu={gpu} />
			{throttled.length > 0 && (
				<p className="warning-text">
					<Codicon name="warning" /> Slowed down: {throttled.join(', ')}
				</p>
			)}
			{history > 0 && usage !== undefined && (
				<Sparkline metrics={['gpu.usage', 'gpu.memory']} minutes={history} most={100} device={String(gpu.index)} />
			)}
			{showDetails && <Facts facts={factsOf(gpu)} />}
		</section>
	);
}

function VideoMemory({ gpu: { memoryUsed, memoryTotal } }: { readonly gpu: GpuSample }): ReactElement | null {
	if (memoryUsed === undefined) return null;
	if (memoryTotal === undefined || memoryTotal <= 0) return <p className="muted">Memory: {formatSize(memoryUsed)}</p>;
	const percent = (memoryUsed / memoryTotal) * 100;
	const level = levelOf(percent, 90, 97);
	return (
		<>
			<p className={`bar-text ${level}`}>
				<span>Memory</span>
				<span>
					{formatSize(memoryUsed)} of {formatSize(memoryTotal)}
				</span>
			</p>
			<Bar percent={percent} level={level} />
		</>
	);
}

function factsOf(gpu: GpuSample): readonly (readonly [string, ReactNode])[] {
	const facts: (readonly [string, ReactNode])[] = [];
	const add = <T,>(name: string, value: T | undefined, text: (value: T) => string): void => {
		if (value !== undefined) facts.push([name, text(value)]);
	};
	const limit = gpu.wattsLimit === undefined ? '' : ` of ${Math.round(gpu.wattsLimit)}`;
	add('Power', gpu.watts, watts => `${Math.round(watts)}${limit} W`);
	add('Fan', gpu.fan, formatPercent);
	add('Core', gpu.coreMegahertz, formatFrequency);
	add('Memory clock', gpu.memoryMegahertz, formatFrequency);
	add('Encoder', gpu.encoder, formatPercent);
	const { generation, width } = gpu.pcie ?? {};
	if (generation !== undefined) facts.push(['PCIe', `${generation}.0${width === undefined ? '' : ` ×${width}`}`]);
	if (gpu.isMig) facts.push(['MIG', 'on']);
	return facts;
}
