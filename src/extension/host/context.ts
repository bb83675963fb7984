import type * as vscode from 'vscode';
import type { Clock } from '../../core/base/clock';
import type { Logger } from '../../core/base/logger';
import type { Commands } from './commands';
import type { Secrets } from './secrets';
import type { Settings } from './settings';
import type { WorkspaceState } from './state';

/** What VS Code gives to every feature. Features ask for the rest by name. */
export interface Host {
	readonly context: vscode.ExtensionContext;
	readonly log: Logger;
	readonly clock: Clock;
	readonly settings: Settings;
	readonly secrets: Secrets;
	readonly state: WorkspaceState;
	readonly commands: Commands;
}
