import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { disksTopic } from '../../../core/dashboard/topics/hardware';
import type { diskWidget } from '../../../core/dashboard/widgets/disk';
import type { DiskSample } from '../../../core/hardware/sample';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { formatRate, formatSize, levelOf } from '../numbers';
import { Bar } from '../parts';
import type { WidgetProps } from '../widget';

export function Disk({ settings }: WidgetProps<SettingsOf<typeof diskWidget.settings>>): ReactElement {
	const wanted = settings.mounts
		.split(',')
		.map(mount => mount.trim())
		.filter(Boolean);
	return (
		<Live of={useTopic(disksTopic, null)} loading="Reading the disks">
			{disks => {
				const shown = wanted.length === 0 ? disks : disks.filter(({ mount }) => wanted.includes(mount));
				if (shown.length === 0) return <Empty icon="database">{emptyText(disks)}</Empty>;
				return (
					<ul className="rows">
						{shown.map(disk => (
							<Row key={disk.mount} disk={disk} showRates={settings.showRates} />
						))}
					</ul>
				);
			}}
		</Live>
	);
}

function emptyText(disks: readonly DiskSample[]): string {
	if (disks.length === 0) return 'The system names no disk.';
	return `None of these is mounted. There are: ${disks.map(({ mount }) => mount).join(', ')}.`;
}

function Row({ disk, showRates }: { readonly disk: DiskSample; readonly showRates: boolean }): ReactElement {
	const { mount, used, free, readPerSecond, writtenPerSecond } = disk;
	const percent = used + free > 0 ? (used / (used + free)) * 100 : 0;
	const level = levelOf(percent, 90, 95);
	const hasRates = showRates && (readPerSecond !== undefined || writtenPerSecond !== undefined);
	return (
		<li className="disk" title={[disk.device, disk.type].filter(Boolean).join(' · ')}>
			<p className={`bar-text ${level}`}>
				<span className="path">{mount}</span>
				<span>{formatSize(free)} free</span>
			</p>
			<Bar percent={percent} level={level} />
			<p className="bar-text muted">
				<span>
					{Math.floor(percent)}% of {formatSize(used + free)}
				</span>
				{hasRates && (
					<span>
						{readPerSecond !== undefined && `↑ ${formatRate(readPerSecond)}`}{' '}
						{writtenPerSecond !== undefined && `↓ ${formatRate(writtenPerSecond)}`}
					</span>
				)}
			</p>
		</li>
	);
}
