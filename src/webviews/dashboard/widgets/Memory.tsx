import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { memoryTopic } from '../../../core/dashboard/topics/hardware';
import type { memoryWidget } from '../../../core/dashboard/widgets/memory';
import { useTopic } from '../context';
import { Live } from '../Live';
import { formatPercent, formatSize, levelOf } from '../numbers';
import { Bar, Facts, Figure } from '../parts';
import { Sparkline } from '../Sparkline';
import type { WidgetProps } from '../widget';

export function Memory({ settings: { history } }: WidgetProps<SettingsOf<typeof memoryWidget.settings>>): ReactElement {
	return (
		<Live of={useTopic(memoryTopic, null)} loading="Reading the memory">
			{({ used, total, available, swap }) => {
				const percent = total > 0 ? (used / total) * 100 : 0;
				const level = levelOf(percent, 85, 95);
				return (
					<>
						<Figure
							value={formatPercent(percent)}
							label={`${formatSize(used)} of ${formatSize(total)}`}
							level={level}
						/>
						<Bar percent={percent} level={level} />
						{history > 0 && <Sparkline metrics={['memory.usage']} minutes={history} most={100} />}
						<Facts
							facts={[
								['Available', formatSize(available)],
								...(swap && swap.total > 0
									? [['Swap', `${formatSize(swap.used)} of ${formatSize(swap.total)}`] as const]
									: []),
							]}
						/>
					</>
				);
			}}
		</Live>
	);
}
