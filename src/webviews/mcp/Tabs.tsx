import type { KeyboardEvent, ReactElement } from 'react';
import type { InspectorTab } from '../../core/mcp/inspectorProtocol';
import type { McpServerView } from '../../core/mcp/protocol';
import type { InspectorState } from './state';

const tabs: readonly InspectorTab[] = ['tools', 'resources', 'prompts', 'traffic', 'log'];

export interface TabsProps {
	readonly state: InspectorState;
	readonly server: McpServerView;
	readonly onTab: (tab: InspectorTab) => void;
}

/** The faces of a server. Arrows move between them, as in any list of tabs. */
export function Tabs({ state, server, onTab }: TabsProps): ReactElement {
	const labels: Readonly<Record<InspectorTab, string>> = {
		tools: `Tools (${server.tools.length})`,
		resources: `Resources (${server.resources.length + server.resourceTemplates.length})`,
		prompts: `Prompts (${server.prompts.length})`,
		traffic: 'Traffic',
		log: 'Log',
	};
	const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
		const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
		if (step === 0) return;
		event.preventDefault();
		const next = tabs[(tabs.indexOf(state.tab) + step + tabs.length) % tabs.length] ?? 'tools';
		onTab(next);
		document.getElementById(`tab-${next}`)?.focus();
	};
	return (
		<div className="tabs" role="tablist" aria-label="MCP server" onKeyDown={onKeyDown}>
			{tabs.map(each => (
				<button
					key={each}
					id={`tab-${each}`}
					type="button"
					role="tab"
					className="tab"
					aria-selected={each === state.tab}
					aria-controls="tab-panel"
					tabIndex={each === state.tab ? 0 : -1}
					onClick={() => onTab(each)}
				>
					{labels[each]}
				</button>
			))}
		</div>
	);
}
