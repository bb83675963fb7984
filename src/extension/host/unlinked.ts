/**
 * A text as a notification shows it word for word. VS Code draws `[words](command:…)` in any notification as a link that
 * runs the command, so what a model, a server, a file or a service wrote must not get there as it is.
 */
export function unlinked(text: string): string {
	return text.replaceAll('](', '] (');
}
