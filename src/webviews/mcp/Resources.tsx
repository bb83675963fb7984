import { useState, type ReactElement } from 'react';
import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { Outcome } from '../../core/mcp/inspectorProtocol';
import type { McpResourceTemplateView, McpResourceView, McpServerView } from '../../core/mcp/protocol';
import { Button } from '../shared/components/toolkit';
import { formatBytes } from '../shared/format';
import { Arguments, useArguments } from './Arguments';
import { Banner } from './Banner';
import { Call } from './Call';
import { ResourceContent } from './Content';
import { formatClock, formatMs } from './format';
import { failureOf, useHost, type Failure } from './host';
import { Split } from './Split';
import { useCall } from './useCall';

export interface ResourcesProps {
	readonly server: McpServerView;
	readonly chosen: string | undefined;
	readonly updated: Readonly<Record<string, number>>;
	readonly onChoose: (name: string) => void;
}

/** Resources and templates of the server: to read, and to be told about. */
export function Resources({ server, chosen, updated, onChoose }: ResourcesProps): ReactElement {
	const items = [
		...server.resources.map(resource => ({
			name: resource.uri,
			label: resource.title || resource.name,
			detail: resource.uri,
			badge: updated[resource.uri] === undefined ? undefined : <span className="tier">changed</span>,
		})),
		...server.resourceTemplates.map(template => ({
			name: template.uriTemplate,
			label: template.title || template.name,
			detail: template.uriTemplate,
			badge: <span className="tier">template</span>,
		})),
	];
	const isUp = server.state === 'running';
	const empty = isUp ? 'This server has no resources.' : 'The resources are known once the server runs.';
	const canSubscribe = server.capabilities.includes('resources.subscribe');
	return (
		<Split title="Resources" items={items} chosen={chosen} onChoose={onChoose} empty={empty}>
			{name => {
				const resource = server.resources.find(each => each.uri === name);
				if (resource) {
					const at = updated[resource.uri];
					return <Resource key={name} resource={resource} isUp={isUp} canSubscribe={canSubscribe} updatedAt={at} />;
				}
				const template = server.resourceTemplates.find(each => each.uriTemplate === name);
				return template && <Template key={name} template={template} isUp={isUp} />;
			}}
		</Split>
	);
}

interface ResourceProps {
	readonly resource: McpResourceView;
	readonly isUp: boolean;
	readonly canSubscribe: boolean;
	readonly updatedAt: number | undefined;
}

function Resource({ resource, isUp, canSubscribe, updatedAt }: ResourceProps): ReactElement {
	const { client, attempt } = useHost();
	const call = useCall<ReadResourceResult>(`resource:${resource.uri}`);
	const { isSubscribed } = resource;
	const about = [resource.mimeType, resource.size === null ? null : formatBytes(resource.size)].filter(Boolean);
	return (
		<article className="detail">
			<header className="detail-head">
				<h2>{resource.title || resource.name}</h2>
				<p className="muted mono">{resource.uri}</p>
				{resource.description !== '' && <p className="description">{resource.description}</p>}
				{about.length > 0 && <p className="muted">{about.join(', ')}</p>}
			</header>
			<Call
				label="Read"
				call={call}
				isDisabled={!isUp}
				onRun={() => call.run(at => client.call('read', { ...at, uri: resource.uri }, Infinity))}
			>
				{canSubscribe && (
					<Button
						isDisabled={!isUp}
						onClick={() => void attempt('subscribe', { uri: resource.uri, isOn: !isSubscribed })}
					>
						{isSubscribed ? 'Unsubscribe' : 'Subscribe'}
					</Button>
				)}
			</Call>
			<p role="status" className="muted">
				{updatedAt !== undefined && `The server said at ${formatClock(updatedAt)} that it changed.`}
			</p>
			<ReadResult outcome={call.outcome} />
		</article>
	);
}

function Template({
	template,
	isUp,
}: {
	readonly template: McpResourceTemplateView;
	readonly isUp: boolean;
}): ReactElement {
	const { client } = useHost();
	const place = `template:${template.uriTemplate}`;
	const call = useCall<ReadResourceResult>(place);
	const [failure, setFailure] = useState<Failure | null>(null);
	const names = template.variables.map(name => ({ name, description: '', isRequired: true }));
	const values = useArguments(place, names);
	const read = (): void => {
		const variables = values.read();
		if (!variables) return;
		setFailure(null);
		client.call('expand', { uriTemplate: template.uriTemplate, variables }).then(
			uri => call.run(at => client.call('read', { ...at, uri }, Infinity)),
			(error: unknown) => setFailure(failureOf(error)),
		);
	};
	return (
		<article className="detail">
			<header className="detail-head">
				<h2>{template.title || template.name}</h2>
				<p className="muted mono">{template.uriTemplate}</p>
				{template.description !== '' && <p className="description">{template.description}</p>}
			</header>
			<Arguments
				state={values}
				of={{ type: 'resource', uriTemplate: template.uriTemplate }}
				isDisabled={call.isRunning}
			/>
			<Call label="Read" call={call} isDisabled={!isUp} onRun={read} />
			{failure && <Banner failure={failure} />}
			<ReadResult outcome={call.outcome} />
		</article>
	);
}

function ReadResult({ outcome }: { readonly outcome: Outcome<ReadResourceResult> | null }): ReactElement | null {
	if (!outcome) return null;
	if (outcome.failure) return <Banner failure={outcome.failure} />;
	return (
		<section className="result" aria-label="Contents">
			{outcome.ms !== null && <p className="muted">Read in {formatMs(outcome.ms)}</p>}
			{(outcome.result?.contents ?? []).map((part, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- the parts of one answer never move
				<ResourceContent key={index} part={part} />
			))}
			{outcome.result?.contents.length === 0 && <p className="muted">It is empty.</p>}
		</section>
	);
}
