import type * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import type { ExecutionId } from '../../core/base/ids';
import type { FlowEditorContract } from '../../core/flow/editorProtocol';
import type { NodeId } from '../../core/flow/model/flow';
import type { FlowProblem } from '../../core/flow/model/problem';
import type { RunView } from '../../core/flow/runView';
import type { Server } from '../../core/rpc/rpc';
import type { Host } from '../host/context';
import type { ChoiceSources } from './choices';
import type { FlowChecker } from './checker';
import type { DocumentPage, FlowDocument } from './document';
import type { FlowPins } from './pins';
import type { FlowRuns } from './runs';
import type { FlowTriggers } from './triggers/flowTriggers';
import type { FlowWorld } from './world';

/** What pages of flows share in this window. */
export interface FlowParts {
	readonly host: Host;
	readonly world: FlowWorld;
	readonly checker: FlowChecker;
	readonly pins: FlowPins;
	readonly runs: FlowRuns;
	readonly triggers: FlowTriggers;
	readonly choices: ChoiceSources;
}

/** One page, as the handlers of its questions see it. */
export interface PageContext extends DocumentPage {
	readonly document: FlowDocument;
	readonly uri: vscode.Uri;
	readonly panel: vscode.WebviewPanel;
	readonly parts: FlowParts;
	readonly shown: {
		/** The run that is shown; `null` for none. */
		readonly id: ExecutionId | null;
		show(id: ExecutionId | null): Promise<RunView | null>;
		watch(nodes: readonly NodeId[]): void;
	};
	readonly isReadonly: boolean;
	readonly emit: Server<FlowEditorContract>['emit'];
	/** A problem as the page knows it, by the id of its view. */
	problem(id: string): FlowProblem | undefined;
}

/** For what only a page asks on which the flow can be changed. */
export function requireEditable({ isReadonly }: PageContext): void {
	if (isReadonly) throw new ExpectedError('read-only', 'This flow cannot be changed here.');
}
