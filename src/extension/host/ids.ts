import { commandIds as editorCommandIds, type CommandId as EditorCommandId } from '../../core/flow/editorCommands';

/** Every id that `package.json` declares and code uses. A test compares the two both ways. */
export const commandIds = [
	'quarterdeck.chat.new',
	'quarterdeck.chat.open',
	'quarterdeck.chat.openInEditor',
	'quarterdeck.chat.pick',
	'quarterdeck.chat.stop',
	'quarterdeck.chat.sendAgain',
	'quarterdeck.chat.goOn',
	'quarterdeck.chat.useModel',
	'quarterdeck.routing.explain',
	'quarterdeck.routing.rules',
	'quarterdeck.chat.continueSession',
	'quarterdeck.chat.rename',
	'quarterdeck.chat.export',
	'quarterdeck.chat.addSelection',
	'quarterdeck.chat.addFile',
	'quarterdeck.approvals.allow',
	'quarterdeck.approvals.allowSession',
	'quarterdeck.approvals.allowWorkspace',
	'quarterdeck.approvals.refuse',
	'quarterdeck.approvals.show',
	'quarterdeck.approvals.showDetails',
	'quarterdeck.approvals.grants',
	'quarterdeck.safety.openPolicy',
	'quarterdeck.review.open',
	'quarterdeck.review.apply',
	'quarterdeck.review.refuse',
	'quarterdeck.review.nextHunk',
	'quarterdeck.review.previousHunk',
	'quarterdeck.executions.open',
	'quarterdeck.executions.stop',
	'quarterdeck.executions.resume',
	'quarterdeck.executions.copy',
	'quarterdeck.executions.filter',
	'quarterdeck.executions.clearFilter',
	'quarterdeck.costs.open',
	'quarterdeck.costs.exportCsv',
	'quarterdeck.costs.setBudget',
	'quarterdeck.claude.locate',
	'quarterdeck.claude.recheck',
	'quarterdeck.artifact.preview',
	'quarterdeck.artifact.edit',
	'quarterdeck.artifact.save',
	'quarterdeck.memory.open',
	'quarterdeck.memory.remember',
	'quarterdeck.providers.open',
	'quarterdeck.providers.add',
	'quarterdeck.providers.test',
	'quarterdeck.providers.setKey',
	'quarterdeck.providers.remove',
	'quarterdeck.providers.keep',
	'quarterdeck.providers.pull',
	'quarterdeck.providers.refresh',
	'quarterdeck.providers.copyModel',
	'quarterdeck.providers.unload',
	'quarterdeck.mcp.add',
	'quarterdeck.mcp.inspect',
	'quarterdeck.mcp.start',
	'quarterdeck.mcp.stop',
	'quarterdeck.mcp.restart',
	'quarterdeck.mcp.enable',
	'quarterdeck.mcp.disable',
	'quarterdeck.mcp.signIn',
	'quarterdeck.mcp.signOut',
	'quarterdeck.mcp.logs',
	'quarterdeck.mcp.openDefinition',
	'quarterdeck.mcp.forgetInputs',
	'quarterdeck.mcp.reviewTools',
	'quarterdeck.mcp.enableTool',
	'quarterdeck.mcp.disableTool',
	'quarterdeck.mcp.remove',
	'quarterdeck.health.open',
	'quarterdeck.health.check',
	'quarterdeck.health.start',
	'quarterdeck.health.stop',
	'quarterdeck.health.restart',
	'quarterdeck.health.logs',
	'quarterdeck.health.configure',
	'quarterdeck.alerts.show',
	'quarterdeck.alerts.acknowledge',
	'quarterdeck.alerts.snooze',
	'quarterdeck.alerts.resolve',
	'quarterdeck.alerts.muteRule',
	'quarterdeck.alerts.rules',
	'quarterdeck.alerts.setToken',
	'quarterdeck.alerts.testSound',
	'quarterdeck.newFlow',
	'quarterdeck.flows.openTemplates',
	'quarterdeck.flows.showGraph',
	'quarterdeck.flows.run',
	'quarterdeck.flows.stop',
	'quarterdeck.flows.compare',
	'quarterdeck.flows.compareWith',
	'quarterdeck.flows.compareDiff',
	'quarterdeck.flows.setSecret',
	'quarterdeck.flows.turnOnTrigger',
	'quarterdeck.flows.turnOffTrigger',
	'quarterdeck.flows.runTrigger',
	'quarterdeck.flows.copyCurl',
	'quarterdeck.flows.turnOffAllTriggers',
	'quarterdeck.flows.test',
	'quarterdeck.flows.acceptBaseline',
	'quarterdeck.flows.clearCache',
	'quarterdeck.newCustomNode',
	'quarterdeck.flows.testNode',
	'quarterdeck.flows.nodeGrants',
	'quarterdeck.flows.allowNode',
	'quarterdeck.flows.revokeNode',
	'quarterdeck.importFlow',
	'quarterdeck.exportFlow',
	'quarterdeck.dashboard.open',
	'quarterdeck.dashboard.new',
	'quarterdeck.dashboard.import',
	'quarterdeck.dashboard.export',
	'quarterdeck.showOutput',
	'quarterdeck.showWalkthrough',
	'quarterdeck.search.setUp',
	'quarterdeck.stats.copyAddress',
	'quarterdeck.stats.copyToken',
	'quarterdeck.stats.newToken',
	'quarterdeck.stats.copyCurl',
	'quarterdeck.otlp.setHeaders',
	'quarterdeck.monitors.suggestions',
	'quarterdeck.monitors.runRepair',
	'quarterdeck.monitors.dismissRepair',
	'quarterdeck.monitors.toggleKillSwitch',
	'quarterdeck.monitors.report',
	'quarterdeck.monitors.reportWithModel',
	'quarterdeck.ledger.showHealth',
	'quarterdeck.hardware.copyReport',
] as const;
export type CommandId = (typeof commandIds)[number];

/** Commands of the editor of flows: one for each entry of `editorCommands`. */
export type FlowCommandId = `quarterdeck.flow.${EditorCommandId}`;

export function flowCommandId(id: EditorCommandId): FlowCommandId {
	return `quarterdeck.flow.${id}`;
}

export const flowCommandIds: readonly FlowCommandId[] = editorCommandIds.map(flowCommandId);

/** Commands that only our own interface calls with arguments; they are registered and not declared. */
export const internalCommandIds = [
	'quarterdeck.review.acceptHunk',
	'quarterdeck.review.refuseHunk',
	'quarterdeck.executions.more',
	'quarterdeck.ledger.retry',
	'quarterdeck.providers.runAction',
	'quarterdeck.memory.forget',
	'quarterdeck.flows.reveal',
] as const;
export type InternalCommandId = (typeof internalCommandIds)[number];

export const viewIds = {
	chat: 'quarterdeck.chat',
	approvals: 'quarterdeck.approvals',
	executions: 'quarterdeck.executions',
	costs: 'quarterdeck.costs',
	flows: 'quarterdeck.flows',
	models: 'quarterdeck.models',
	mcp: 'quarterdeck.mcp',
	health: 'quarterdeck.health',
	alerts: 'quarterdeck.alerts',
} as const;

/** Types of webview panels, for serializers. */
export const panelTypes = {
	chat: 'quarterdeck.chatPanel',
	execution: 'quarterdeck.executionPanel',
	memory: 'quarterdeck.memoryPanel',
	policy: 'quarterdeck.policyPanel',
	customNode: 'quarterdeck.customNodePanel',
	artifact: 'quarterdeck.artifactPanel',
	inspector: 'quarterdeck.mcpInspector',
	elicitation: 'quarterdeck.mcpElicitation',
	templates: 'quarterdeck.templatesPanel',
	health: 'quarterdeck.healthPanel',
	dashboard: 'quarterdeck.dashboardPanel',
} as const;

/** HTML that an answer made has a tab of its own kind, without any page of ours in it. */
export const htmlPanelType = 'quarterdeck.htmlArtifact';

/** The editor of flows. */
export const flowEditorType = 'quarterdeck.flow';

/** What VS Code calls the text of a flow. */
export const flowLanguage = 'quarterdeck-flow';

export const walkthroughId = 'quarterdeck.quarterdeck#start';

/** Context keys that `when` clauses read. */
export type ContextKey =
	| 'quarterdeck.hasApprovals'
	| 'quarterdeck.isReviewing'
	| 'quarterdeck.executionsFiltered'
	| 'quarterdeck.claudeFound'
	| 'quarterdeck.hasLooked'
	| 'quarterdeck.hasAsked'
	| 'quarterdeck.hasApproved'
	| 'quarterdeck.canSearchWeb'
	| 'quarterdeck.flowGraphFocus';
