import type { LedgerHealth } from '../queries';
import { formatMoment, plural } from './format';

/** Whether something about the ledger wants attention. */
export function isUnwell(health: LedgerHealth): boolean {
	return health.waiting !== null || health.rejected.length > 0 || health.unreadable.length > 0 || health.future > 0;
}

/** One sentence on how the ledger is. */
export function healthHeadline(health: LedgerHealth): string {
	if (health.waiting) return `${plural(health.waiting.events, 'event')} cannot be written to disk right now.`;
	if (health.unreadable.length > 0)
		return `${plural(health.unreadable.length, 'file')} of the journal cannot be read right now, so what is shown is not all.`;
	if (health.future > 0)
		return `${plural(health.future, 'event')} of a newer Quarterdeck cannot be shown by this one. Update it to see all.`;
	const lines = health.rejected.reduce((sum, entry) => sum + entry.lines, 0);
	if (lines > 0)
		return `The ledger works; ${plural(lines, 'damaged line')} of its journal ${lines === 1 ? 'was' : 'were'} set aside.`;
	return 'The ledger is healthy.';
}

/** The figures behind the headline, one a line. */
export function healthDetails(health: LedgerHealth): string {
	const lines = [
		`Events: ${health.events.toLocaleString('en')}`,
		`Journal: ${plural(health.segments, 'file')}, ${formatBytes(health.journalBytes)}`,
		`Last snapshot: ${health.snapshotAt === null ? 'none yet' : formatMoment(health.snapshotAt)}`,
	];
	if (health.waiting) {
		lines.push('', `Waiting in memory: ${plural(health.waiting.events, 'event')}`, `Reason: ${health.waiting.reason}`);
		lines.push('They are written as soon as it is possible. Do not close this window before.');
	}
	if (health.forgottenBefore !== null)
		lines.push(`Kept since: ${formatMoment(health.forgottenBefore)} (older runs are deleted, their costs stay)`);
	if (health.unreadable.length > 0) {
		lines.push('', 'Files that cannot be read:');
		for (const { segment, reason } of health.unreadable) lines.push(`  ${segment}: ${reason}`);
	}
	if (health.rejected.length > 0) {
		lines.push('', 'Lines set aside because they could not be read:');
		for (const { segment, lines: count } of health.rejected) lines.push(`  ${segment}: ${plural(count, 'line')}`);
		lines.push('Every other line was read. The files are left as they are.');
	}
	return lines.join('\n');
}

/** `512 B`, `3.4 KB`, `12 MB`. */
export function formatBytes(bytes: number): string {
	if (bytes < 1024) return `${bytes} B`;
	const units = ['KB', 'MB', 'GB'];
	let value = bytes / 1024;
	let index = 0;
	while (value >= 1023.5 && index < units.length - 1) {
		value /= 1024;
		index++;
	}
	return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[index]}`;
}
