import { homedir } from 'node:os';
import { configFolders } from '../../core/claude/history/paths';
import { toDisposable, type Disposable } from '../../core/base/lifecycle';
import type { SafetyContext } from '../../core/safety/approval';
import type { ForeignTool } from '../../core/safety/foreignTool';
import { machineContext } from '../../core/safety/classify';
import { PolicyStore } from '../../core/safety/policyStore';
import { worstTiers } from '../../core/safety/tier';
import type { Host } from '../host/context';
import { workspaceFolders } from '../host/workspace';

/** The policies that the open repositories carry; read once for the whole window. */
export const repositoryPolicies = new PolicyStore();

/** What running MCP servers say of their tools; nothing until one has been started. */
class ServerTools {
	#facts: (tool: string) => ForeignTool | undefined = () => undefined;

	factsOf(tool: string): ForeignTool | undefined {
		return this.#facts(tool);
	}

	/** Names who knows, until the returned handle is disposed. */
	use(facts: (tool: string) => ForeignTool | undefined): Disposable {
		this.#facts = facts;
		return toDisposable(() => (this.#facts = () => undefined));
	}
}

export const serverTools = new ServerTools();

/**
 * The places and rules that hold now: the folders, what the user protects, our own files, what the repositories ask for,
 * and what MCP servers say of their tools.
 */
export function safetyContext({ settings, context }: Host): SafetyContext {
	const storage = context.globalStorageUri.fsPath;
	const folders = workspaceFolders();
	return machineContext(folders, {
		policies: repositoryPolicies.policies(folders),
		toolFacts: tool => serverTools.factsOf(tool),
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
