import { lazy, Suspense, useCallback, useMemo, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { seriesTopic, type LiveSeries } from '../../../core/dashboard/topics/series';
import { chartMetrics, type timeSeriesWidget } from '../../../core/dashboard/widgets/timeSeries';
import { ProgressRing } from '../../shared/components/toolkit';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import type { WidgetProps } from '../widget';

const Chart = lazy(async () => {
	nameLanguage();
	const { Chart: drawn } = await import('../Chart');
	return { default: drawn };
});

/** The library of charts makes a format of the browser's language when it loads; `en-US@posix` of some systems is none. */
function nameLanguage(): void {
	try {
		Intl.getCanonicalLocales(navigator.language);
	} catch {
		Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
	}
}

const labels = new Map<string, string>(chartMetrics);

export function TimeSeries({
	settings: { metrics, minutes },
}: WidgetProps<SettingsOf<typeof timeSeriesWidget.settings>>): ReactElement {
	return (
		<Live of={useTopic(seriesTopic, { metrics, minutes })} loading="Reading the history">
			{series => <Lines series={series} metrics={metrics} />}
		</Live>
	);
}

function Lines({
	series,
	metrics,
}: {
	readonly series: LiveSeries;
	readonly metrics: readonly string[];
}): ReactElement {
	const told = Object.keys(series.values);
	// In the order of the settings, a line for each device.
	const text = metrics.flatMap(kind => told.filter(name => name === kind || name.startsWith(`${kind}:`))).join('\n');
	const names = useMemo(() => (text === '' ? [] : text.split('\n')), [text]);
	const isOneGpu = names.every(name => !name.startsWith('gpu.') || name.endsWith(':0'));
	const labelOf = useCallback(
		(name: string): string => {
			const [kind = '', ...device] = name.split(':');
			const label = labels.get(kind) ?? kind;
			return device.length === 0 || (isOneGpu && kind.startsWith('gpu.')) ? label : `${label} ${device.join(':')}`;
		},
		[isOneGpu],
	);
	if (names.length === 0) return <Empty icon="graph-line">This machine tells nothing of what this chart shows.</Empty>;
	return (
		<Suspense fallback={<ProgressRing label="Drawing the chart" />}>
			<Chart series={series} names={names} labelOf={labelOf} />
		</Suspense>
	);
}
