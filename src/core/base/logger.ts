/** Where features write what a developer may want to read later. Never pass secrets, prompts or outputs. */
export interface Logger {
	trace(message: string, ...details: unknown[]): void;
	debug(message: string, ...details: unknown[]): void;
	info(message: string, ...details: unknown[]): void;
	warn(message: string, ...details: unknown[]): void;
	error(message: string | Error, ...details: unknown[]): void;
}

export const silentLogger: Logger = {
	trace: () => undefined,
	debug: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};
