import { useMemo, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import type { clockWidget } from '../../../core/dashboard/widgets/clock';
import { Empty } from '../Live';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof clockWidget.settings>;

export function Clock({ settings }: WidgetProps<Settings>): ReactElement {
	const now = useNow(settings.showSeconds ? 1000 : 60_000);
	const formats = useMemo(() => formatsOf(settings), [settings]);
	if (!formats) return <Empty icon="watch">There is no time zone “{settings.zone}”. Change it in the settings.</Empty>;
	return (
		<time className="clock" dateTime={new Date(now).toISOString()}>
			<span className="clock-time">{formats.time.format(now)}</span>
			{settings.showDate && <span>{formats.date.format(now)}</span>}
			{settings.zone.trim() !== '' && <span className="muted">{settings.zone}</span>}
		</time>
	);
}

function formatsOf({ zone, hours, showSeconds }: Settings): Record<'time' | 'date', Intl.DateTimeFormat> | undefined {
	const where = zone.trim() === '' ? {} : { timeZone: zone.trim() };
	const cycle = hours === 'auto' ? {} : { hour12: hours === '12' };
	const seconds = showSeconds ? ({ second: '2-digit' } as const) : {};
	try {
		return {
			time: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', ...seconds, ...cycle, ...where }),
			date: new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...where }),
		};
	} catch {
		return undefined; // The user wrote a zone that does not exist.
	}
}
