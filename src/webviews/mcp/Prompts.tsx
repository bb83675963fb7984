import type { ReactElement } from 'react';
import type { GetPromptResult } from '@modelcontextprotocol/sdk/types.js';
import type { Outcome } from '../../core/mcp/inspectorProtocol';
import type { McpPromptView, McpServerView } from '../../core/mcp/protocol';
import { Arguments, useArguments } from './Arguments';
import { Banner } from './Banner';
import { Call } from './Call';
import { Content } from './Content';
import { formatMs } from './format';
import { useHost } from './host';
import { Split } from './Split';
import { useCall } from './useCall';

export interface PromptsProps {
	readonly server: McpServerView;
	readonly chosen: string | undefined;
	readonly onChoose: (name: string) => void;
}

/** Prompts of the server: what they ask for, and what they make of it. */
export function Prompts({ server, chosen, onChoose }: PromptsProps): ReactElement {
	const items = server.prompts.map(prompt => ({
		name: prompt.name,
		label: prompt.title || prompt.name,
		detail: prompt.description,
	}));
	const isUp = server.state === 'running';
	const empty = isUp ? 'This server has no prompts.' : 'The prompts are known once the server runs.';
	return (
		<Split title="Prompts" items={items} chosen={chosen} onChoose={onChoose} empty={empty}>
			{name => {
				const prompt = server.prompts.find(each => each.name === name);
				return prompt && <Prompt key={name} server={server.name} prompt={prompt} isUp={isUp} />;
			}}
		</Split>
	);
}

function Prompt({
	server,
	prompt,
	isUp,
}: {
	readonly server: string;
	readonly prompt: McpPromptView;
	readonly isUp: boolean;
}): ReactElement {
	const { client } = useHost();
	const place = `prompt:${prompt.name}`;
	const call = useCall<GetPromptResult>(place);
	const values = useArguments(place, prompt.arguments);
	const run = (): void => {
		const input = values.read();
		if (input) call.run(at => client.call('prompt', { ...at, name: prompt.name, input }, Infinity));
	};
	return (
		<article className="detail">
			<header className="detail-head">
				<h2>{prompt.title || prompt.name}</h2>
				<p className="muted mono">
					/{server}:{prompt.name}
				</p>
				{prompt.description !== '' && <p className="description">{prompt.description}</p>}
			</header>
			<Arguments state={values} of={{ type: 'prompt', name: prompt.name }} isDisabled={call.isRunning} />
			<Call label="Get Prompt" call={call} isDisabled={!isUp} onRun={run} />
			<Messages outcome={call.outcome} />
		</article>
	);
}

function Messages({ outcome }: { readonly outcome: Outcome<GetPromptResult> | null }): ReactElement | null {
	if (!outcome) return null;
	if (outcome.failure) return <Banner failure={outcome.failure} />;
	return (
		<section className="result" aria-label="Messages">
			{outcome.ms !== null && <p className="muted">After {formatMs(outcome.ms)}</p>}
			{(outcome.result?.messages ?? []).map((message, index) => (
				// oxlint-disable-next-line react/no-array-index-key -- the messages of one answer never move
				<div key={index} className="message">
					<h3>{message.role === 'user' ? 'User' : 'Assistant'}</h3>
					<Content part={message.content} />
				</div>
			))}
		</section>
	);
}
