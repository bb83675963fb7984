/** Environment variables by name; `undefined` is "not set". */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that VS Code sets for its own processes. A child that inherits them runs as plain Node in place of its own
 * program, waits for a debugger, or talks to the window's sockets.
 */
const hostVariable =
	/^(NODE_OPTIONS|NODE_CHANNEL_FD|NODE_UNIQUE_ID|ELECTRON_.*|VSCODE_(?!GIT_).*|CHROME_DESKTOP|ORIGINAL_XDG_CURRENT_DESKTOP)$/i;

/**
 * The environment for a child process: the host's, less what only the host needs.
 * @param isDropped names further variables that the child must not inherit
 */
export function cleanEnvironment(
	inherited: Environment,
	added: Environment = {},
	isDropped: (name: string) => boolean = () => false,
): Record<string, string> {
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(inherited))
		if (value !== undefined && !hostVariable.test(name) && !isDropped(name)) result[name] = value;
	for (const [name, value] of Object.entries(added)) if (value !== undefined) result[name] = value;
	return result;
}
