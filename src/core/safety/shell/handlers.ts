import { BugError } from '../../base/errors';
import type { Handler } from './call';
import { codeHandlers } from './handlers/code';
import { databaseHandlers } from './handlers/databases';
import { fileHandlers } from './handlers/files';
import { gitHandlers } from './handlers/git';
import { networkHandlers } from './handlers/network';
import { packageHandlers } from './handlers/packages';
import { shellHandlers } from './handlers/shells';
import { systemHandlers } from './handlers/system';
import { windowsHandlers } from './handlers/windows';
import { wrapperHandlers } from './handlers/wrappers';

const handlers: Readonly<Record<string, Handler>> = {
	...codeHandlers,
	...databaseHandlers,
	...fileHandlers,
	...gitHandlers,
	...networkHandlers,
	...packageHandlers,
	...shellHandlers,
	...systemHandlers,
	...windowsHandlers,
	...wrapperHandlers,
};

/** The handler that a row of the table names. */
export function findHandler(name: string): Handler {
	const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
	if (!handler) throw new BugError(`The command table names the handler ${name}, which does not exist.`);
	return handler;
}
