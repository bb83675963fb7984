import { homedir } from 'node:os';
import { configFolders } from '../../core/claude/history/paths';
import type { SafetyContext } from '../../core/safety/approval';
import { machineContext } from '../../core/safety/classify';
import { worstTiers } from '../../core/safety/tier';
import type { Host } from '../host/context';
import { workspaceFolders } from '../host/workspace';

/** The places and rules that hold now: the folders, what the user protects, and our own files. */
export function safetyContext({ settings, context }: Host): SafetyContext {
	const storage = context.globalStorageUri.fsPath;
	return machineContext(workspaceFolders(), {
		protectedPaths: settings.everywhere('safety.protectedPaths').flat().filter(isText),
		claudeFolders: configFolders(process.env, homedir()),
		storageFolders: [storage, context.extensionPath, ...(context.storageUri ? [context.storageUri.fsPath] : [])],
		raisedTiers: worstTiers(settings.everywhere('safety.raiseTiers')),
	});
}

/** A hand-edited list may hold anything. */
function isText(value: unknown): value is string {
	return typeof value === 'string';
}
