import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { failuresTopic } from '../../../core/dashboard/topics/executions';
import type { failuresWidget } from '../../../core/dashboard/widgets/failures';
import { plural } from '../../../core/ledger/views/format';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';
import { ExecutionRows } from './ExecutionRows';

export function Failures({ settings }: WidgetProps<SettingsOf<typeof failuresWidget.settings>>): ReactElement {
	const { days, most, showInterrupted } = settings;
	const now = useNow(60_000);
	const topic = useTopic(failuresTopic, { days, most, withInterrupted: showInterrupted });
	return (
		<Live of={topic} loading="Looking for failures">
			{rows =>
				rows.length === 0 ? (
					<Empty icon="pass">Nothing failed in the last {plural(days, 'day')}.</Empty>
				) : (
					<ExecutionRows rows={rows} now={now} />
				)
			}
		</Live>
	);
}
