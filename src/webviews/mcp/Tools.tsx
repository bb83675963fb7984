import { useCallback, useState, type ReactElement } from 'react';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolPlace } from '../../core/mcp/inspectorProtocol';
import type { McpServerView, McpToolView } from '../../core/mcp/protocol';
import type { Tier } from '../../core/ledger/events';
import { tierLook } from '../../core/safety/views';
import { Codicon } from '../shared/components/Codicon';
import { Button } from '../shared/components/toolkit';
import { SchemaInput } from '../shared/forms/SchemaInput';
import { useSchemaInput, type SavedInput } from '../shared/forms/useSchemaInput';
import { Call } from './Call';
import { useHost } from './host';
import { ToolResult } from './ToolResult';
import { Split } from './Split';
import { useCall } from './useCall';

export interface ToolsProps {
	readonly server: McpServerView;
	readonly tiers: Readonly<Record<string, Tier>>;
	readonly chosen: string | undefined;
	readonly onChoose: (name: string) => void;
}

/** The tools of the server, each to be called by hand. */
export function Tools({ server, tiers, chosen, onChoose }: ToolsProps): ReactElement {
	const items = server.tools.map(tool => ({
		name: tool.name,
		label: tool.name,
		detail: tool.description,
		badge: <TierMark tier={tiers[tool.name] ?? 'YELLOW'} />,
		isDim: !tool.isEnabled || tool.trust !== 'approved',
	}));
	const empty = server.state === 'running' ? 'This server has no tools.' : 'The tools are known once the server runs.';
	return (
		<Split title="Tools" items={items} chosen={chosen} onChoose={onChoose} empty={empty}>
			{name => {
				const tool = server.tools.find(each => each.name === name);
				return tool && <Tool key={name} tool={tool} tier={tiers[name] ?? 'YELLOW'} isUp={server.state === 'running'} />;
			}}
		</Split>
	);
}

function TierMark({ tier }: { readonly tier: Tier }): ReactElement {
	return (
		<span className={`tier tier-${tier.toLowerCase()}`} title={tierLook(tier).meaning}>
			{tier}
		</span>
	);
}

interface ToolProps {
	readonly tool: McpToolView;
	readonly tier: Tier;
	readonly isUp: boolean;
}

function Tool({ tool, tier, isUp }: ToolProps): ReactElement {
	const { client, memory } = useHost();
	const place = `tool:${tool.name}`;
	const keep = useCallback((saved: SavedInput) => memory.set(`${place}:input`, saved), [memory, place]);
	const input = useSchemaInput(tool.schema, memory.get(`${place}:input`) as SavedInput | undefined, keep);
	const call = useCall<CallToolResult>(place);
	const start = (): void => {
		const value = input.read();
		if (value) call.run(at => client.call('call', { ...at, tool: tool.name, input: value }, Infinity));
	};
	return (
		<article className="detail">
			<ToolHead tool={tool} tier={tier} />
			<form
				className="call-form"
				aria-label={`Input of ${tool.name}`}
				noValidate
				onSubmit={event => {
					event.preventDefault();
					if (isUp && !call.isRunning) start();
				}}
			>
				<SchemaInput input={input} root={input.root} isDisabled={call.isRunning} />
				<Call label="Call Tool" call={call} isDisabled={!isUp} onRun={start}>
					<PlaceButton tool={tool.name} read={input.read} />
				</Call>
			</form>
			<ToolResult outcome={call.outcome} schema={tool.outputSchema} />
		</article>
	);
}

function ToolHead({ tool, tier }: { readonly tool: McpToolView; readonly tier: Tier }): ReactElement {
	const { attempt } = useHost();
	const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations;
	const hints = [
		readOnlyHint === true ? 'only reads' : null,
		destructiveHint === true ? 'may destroy' : null,
		idempotentHint === true ? 'twice is as once' : null,
		openWorldHint === true ? 'reaches outside' : null,
	].filter(hint => hint !== null);
	return (
		<header className="detail-head">
			<div className="title-row">
				<h2>{tool.title || tool.name}</h2>
				<TierMark tier={tier} />
				<label className="switch">
					<input
						type="checkbox"
						className="form-check"
						checked={tool.isEnabled}
						onChange={event =>
							void attempt('setToolEnabled', { tool: tool.name, isEnabled: event.currentTarget.checked })
						}
					/>
					Offered to models
				</label>
			</div>
			<p className="muted mono">{tool.qualifiedName}</p>
			{tool.description !== '' && (
				<p className="description" dir="auto">
					{tool.description}
				</p>
			)}
			{hints.length > 0 && <p className="muted">The server says of it: {hints.join(', ')}.</p>}
			{tool.trust !== 'approved' && (
				<p className="note">
					<Codicon name="warning" />{' '}
					{tool.trust === 'added' ? 'It came after you approved the server' : 'It changed after you approved it'}, so
					models are not offered it. Review it in the view of MCP servers.
				</p>
			)}
			{tool.schemaProblem !== null && (
				<p className="note">
					<Codicon name="warning" /> {tool.schemaProblem}
				</p>
			)}
		</header>
	);
}

/** Asks the gate where it would place this very call. */
function PlaceButton({
	tool,
	read,
}: {
	readonly tool: string;
	readonly read: () => Readonly<Record<string, unknown>> | undefined;
}): ReactElement {
	const { client } = useHost();
	const [placed, setPlaced] = useState<ToolPlace | null>(null);
	const ask = (): void => {
		const input = read();
		if (!input) return;
		client.call('place', { tool, input }).then(setPlaced, () => setPlaced(null));
	};
	return (
		<>
			<Button onClick={ask}>Which Tier?</Button>
			{placed && (
				<span role="status" className="placed">
					<TierMark tier={placed.tier} /> {placed.reasons.join('; ') || tierLook(placed.tier).meaning}
				</span>
			)}
		</>
	);
}
