import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { runningTopic } from '../../../core/dashboard/topics/executions';
import type { runningWidget } from '../../../core/dashboard/widgets/running';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';
import { ExecutionRows } from './ExecutionRows';

export function Running({ settings: { most } }: WidgetProps<SettingsOf<typeof runningWidget.settings>>): ReactElement {
	const now = useNow(1000);
	return (
		<Live of={useTopic(runningTopic, { most })} loading="Looking for what runs">
			{rows =>
				rows.length === 0 ? <Empty icon="pass">Nothing runs now.</Empty> : <ExecutionRows rows={rows} now={now} />
			}
		</Live>
	);
}
