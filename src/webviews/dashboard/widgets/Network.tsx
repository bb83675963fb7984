import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { networkTopic } from '../../../core/dashboard/topics/hardware';
import type { networkWidget } from '../../../core/dashboard/widgets/network';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { formatRate, formatSize } from '../numbers';
import { Facts, Figure } from '../parts';
import { Sparkline } from '../Sparkline';
import type { WidgetProps } from '../widget';

export function Network({
	settings: { history, showTotals },
}: WidgetProps<SettingsOf<typeof networkWidget.settings>>): ReactElement {
	return (
		<Live of={useTopic(networkTopic, null)} loading="Reading the network">
			{network => {
				if (network === null) return <Empty icon="globe">The system does not tell what goes over the network.</Empty>;
				const { receivedPerSecond, sentPerSecond, received, sent } = network;
				return (
					<>
						<div className="figures">
							<Figure value={receivedPerSecond === undefined ? '–' : formatRate(receivedPerSecond)} label="received" />
							<Figure value={sentPerSecond === undefined ? '–' : formatRate(sentPerSecond)} label="sent" />
						</div>
						{history > 0 && <Sparkline metrics={['network.received', 'network.sent']} minutes={history} />}
						{showTotals && (
							<Facts
								facts={[
									['Received', formatSize(received)],
									['Sent', formatSize(sent)],
								]}
							/>
						)}
					</>
				);
			}}
		</Live>
	);
}
