import type { Logger } from '../base/logger';
import { redactSecrets } from './secrets';

/** A logger whose lines hold no secrets that can be told as such, whatever a feature passes to it. */
export function redactingLogger(logger: Logger): Logger {
	const line =
		(level: 'trace' | 'debug' | 'info' | 'warn') =>
		(message: string, ...details: unknown[]): void =>
			logger[level](redactSecrets(message).text, ...details.map(clean));
	return {
		trace: line('trace'),
		debug: line('debug'),
		info: line('info'),
		warn: line('warn'),
		error: (message, ...details) =>
			logger.error(
				typeof message === 'string' ? redactSecrets(message).text : cleanError(message),
				...details.map(clean),
			),
	};
}

function clean(detail: unknown): unknown {
	if (typeof detail === 'string') return redactSecrets(detail).text;
	if (detail instanceof Error) return cleanError(detail);
	return detail;
}

function cleanError(error: Error): Error {
	const { text, found } = redactSecrets(`${error.message}\n${error.stack ?? ''}`);
	if (found.length === 0) return error;
	const plain = new Error(redactSecrets(error.message).text);
	plain.stack = text;
	return plain;
}
