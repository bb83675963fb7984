/** A part of each day, in minutes since midnight; it may go over midnight. */
export interface QuietHours {
	readonly from: number;
	readonly to: number;
}

/** Reads `22:00-07:00`. `null` for none, `undefined` for what cannot be read. */
export function readQuietHours(text: string): QuietHours | null | undefined {
	if (text.trim() === '') return null;
	const match = /^\s*([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)\s*$/u.exec(text);
	if (!match) return undefined;
	const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
	return { from: fromHour! * 60 + fromMinute!, to: toHour! * 60 + toMinute! };
}

/** Whether a moment is in them, by the local clock. */
export function isQuiet(hours: QuietHours | null, at: number): boolean {
	if (!hours || hours.from === hours.to) return false;
	const date = new Date(at);
	const minute = date.getHours() * 60 + date.getMinutes();
	const { from, to } = hours;
	return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
