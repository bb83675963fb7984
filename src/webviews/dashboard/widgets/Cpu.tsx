import type { ReactElement, ReactNode } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { cpuTopic } from '../../../core/dashboard/topics/hardware';
import type { cpuWidget } from '../../../core/dashboard/widgets/cpu';
import type { CpuSample } from '../../../core/hardware/sample';
import { useTopic } from '../context';
import { Live } from '../Live';
import { formatFrequency, formatPercent, levelOf } from '../numbers';
import { Bar, Facts, Figure } from '../parts';
import { Sparkline } from '../Sparkline';
import type { WidgetProps } from '../widget';

export function Cpu({ settings }: WidgetProps<SettingsOf<typeof cpuWidget.settings>>): ReactElement {
	const { history, showCores } = settings;
	return (
		<Live of={useTopic(cpuTopic, null)} loading="Reading the CPU">
			{cpu => (
				<>
					<Usage cpu={cpu} />
					{history > 0 && <Sparkline metrics={['cpu.usage']} minutes={history} most={100} />}
					{showCores && cpu.perCore && cpu.perCore.length > 1 && <Cores perCore={cpu.perCore} />}
					<Facts facts={factsOf(cpu)} />
				</>
			)}
		</Live>
	);
}

function Usage({ cpu: { usage, cores } }: { readonly cpu: CpuSample }): ReactElement {
	const of = `of ${cores} ${cores === 1 ? 'core' : 'cores'}`;
	if (usage === undefined) return <Figure value="–" label={of} />;
	const level = levelOf(usage, 90, 98);
	return (
		<>
			<Figure value={formatPercent(usage)} label={of} level={level} />
			<Bar percent={usage} level={level} />
		</>
	);
}

/** Columns beyond these are too thin to mean anything, and the sum says it. */
const mostCores = 128;

function Cores({ perCore }: { readonly perCore: readonly number[] }): ReactElement {
	const text = perCore.map((usage, core) => `core ${core + 1}: ${formatPercent(usage)}`).join(', ');
	return (
		<div className="cores" role="img" aria-label={text} title={text}>
			{perCore.slice(0, mostCores).map((usage, core) => (
				// oxlint-disable-next-line react/no-array-index-key -- a core is its number
				<div key={core}>
					<div style={{ height: `${Math.min(100, Math.max(2, usage))}%` }} />
				</div>
			))}
		</div>
	);
}

function factsOf({ megahertz, temperature, load }: CpuSample): readonly (readonly [string, ReactNode])[] {
	const facts: (readonly [string, ReactNode])[] = [];
	if (megahertz !== undefined) facts.push(['Frequency', formatFrequency(megahertz)]);
	if (temperature !== undefined) facts.push(['Temperature', `${Math.round(temperature)} °C`]);
	if (load) facts.push(['Load', load.map(value => value.toFixed(2)).join(' · ')]);
	return facts;
}
