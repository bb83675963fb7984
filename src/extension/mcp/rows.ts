import { subjectOf } from '../../core/mcp/views/serverTree';

/** The id of the server that a row of the view, or a bare id, names. */
export function serverOf(argument: unknown): string | undefined {
	if (typeof argument === 'string') return argument;
	const subject = rowSubject(argument);
	return subject !== undefined && 'server' in subject ? subject.server : undefined;
}

/** The name of the tool that a row of the view stands for. */
export function toolNameOf(argument: unknown): string | undefined {
	const subject = rowSubject(argument);
	return subject?.kind === 'tool' ? subject.name : undefined;
}

function rowSubject(argument: unknown): ReturnType<typeof subjectOf> {
	const id = (argument as { readonly node?: { readonly id?: unknown } } | undefined)?.node?.id;
	return typeof id === 'string' ? subjectOf(id) : undefined;
}
