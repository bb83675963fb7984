const longest = 24 * 60 * 60_000;

/**
 * Milliseconds after which a server wants to be asked again, from its headers or the error's body; `null` where it does
 * not say. Servers write it as seconds, as a date, as `6m0s`, or as the moment a window ends.
 */
export function retryAfterOf(headers: Headers | undefined, body?: unknown, now = Date.now()): number | null {
	const from = (name: string): string | null => headers?.get(name) ?? bodyHeader(body, name);
	const candidates = [
		number(from('retry-after-ms')),
		after(from('retry-after'), now),
		detailDelay(body),
		// Groq and OpenAI name each limit; the one that is used up is the one that matters.
		...['requests', 'tokens'].map(kind =>
			from(`x-ratelimit-remaining-${kind}`) === '0' ? after(from(`x-ratelimit-reset-${kind}`), now) : null,
		),
		after(from('x-ratelimit-reset'), now),
	];
	const found = candidates.find(value => value !== null);
	return found === undefined || found === null ? null : Math.min(Math.max(0, Math.round(found)), longest);
}

/** OpenRouter hands on the headers of the model's host inside the body. */
function bodyHeader(body: unknown, name: string): string | null {
	const headers = (body as { metadata?: { headers?: Record<string, unknown> } } | undefined)?.metadata?.headers;
	const entry = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
	return entry ? String(entry[1]) : null;
}

/** Google: `details: [{"@type": "…RetryInfo", "retryDelay": "34s"}]`. */
function detailDelay(body: unknown): number | null {
	const details = (body as { details?: unknown } | undefined)?.details;
	if (!Array.isArray(details)) return null;
	const delays = (details as readonly { retryDelay?: unknown }[]).map(detail => detail.retryDelay);
	const delay = delays.find(value => typeof value === 'string');
	return typeof delay === 'string' ? duration(delay) : null;
}

function after(text: string | null, now: number): number | null {
	if (text === null || text === '') return null;
	const value = number(text);
	if (value === null) return duration(text) ?? until(Date.parse(text), now);
	// A number is seconds to wait, or the moment in seconds or milliseconds since 1970.
	if (value > 1e11) return until(value, now);
	return value > 1e9 ? until(value * 1000, now) : value * 1000;
}

function until(at: number, now: number): number | null {
	return Number.isNaN(at) ? null : at - now;
}

function number(text: string | null): number | null {
	return text !== null && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(text: string): number | null {
	if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return null;
	let sum = 0;
	for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
		sum += Number(amount) * (units[unit ?? ''] ?? 0);
	return sum;
}
