import type { MetricUnit } from '../../core/hardware/metrics';

/** `7%`, `100%`. */
export function formatPercent(value: number): string {
	return `${Math.round(value)}%`;
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `512 B`, `3.4 GB`, `128 GB`: powers of 1024, as tools for memory and disks count. */
export function formatSize(bytes: number): string {
	let value = Math.max(0, bytes);
	let unit = 0;
	// 1000 and not 1024, so that four digits are never needed.
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	const digits = unit === 0 || value >= 99.5 ? 0 : 1;
	return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]}`;
}

/** `3.4 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
	return `${formatSize(bytesPerSecond)}/s`;
}

/** A value of a metric with its unit. */
export function formatMetric(value: number, unit: MetricUnit | undefined): string {
	switch (unit) {
		case 'percent':
			return formatPercent(value);
		case 'bytes':
			return formatSize(value);
		case 'bytesPerSecond':
			return formatRate(value);
		case 'celsius':
			return `${Math.round(value)} °C`;
		case 'watts':
			return `${Math.round(value)} W`;
		case 'megahertz':
			return formatFrequency(value);
		default:
			return value >= 99.5 ? String(Math.round(value)) : value.toFixed(2).replace(/\.?0+$/, '');
	}
}

/** `3.4 GHz`, `800 MHz`. */
export function formatFrequency(megahertz: number): string {
	return megahertz < 999.5 ? `${Math.round(megahertz)} MHz` : `${(megahertz / 1000).toFixed(1)} GHz`;
}

/** How serious a share of something that fills up is. */
export type Level = 'ok' | 'warning' | 'critical';

export function levelOf(value: number, warning: number, critical: number): Level {
	if (value >= critical) return 'critical';
	return value >= warning ? 'warning' : 'ok';
}
