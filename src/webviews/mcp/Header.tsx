import { useState, type ReactElement } from 'react';
import type { McpServerView } from '../../core/mcp/protocol';
import { stateLook } from '../../core/mcp/views/serverTree';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { formatMs } from './format';
import { useHost } from './host';

/** Which server, how it stands, and what it took. */
export function Header({
	server,
	isTrusted,
}: {
	readonly server: McpServerView;
	readonly isTrusted: boolean;
}): ReactElement {
	const { icon, words } = stateLook(server);
	const isSpinning = icon.id.endsWith('~spin');
	const facts = [
		server.latencyP50Ms === null ? null : `${formatMs(server.latencyP50Ms)} a call`,
		server.calls === 0 ? null : `${server.calls} ${server.calls === 1 ? 'call' : 'calls'}`,
		server.errors === 0 ? null : `${server.errors} ${server.errors === 1 ? 'error' : 'errors'}`,
		server.connectMs === null ? null : `ready after ${formatMs(server.connectMs)}`,
		server.protocolVersion === '' ? null : `protocol ${server.protocolVersion}`,
	].filter(fact => fact !== null);
	const named = server.title !== '' && server.title !== server.name ? server.title : '';
	return (
		<header className="inspector-header">
			<div className="title-row">
				<h1 dir="auto">{server.name}</h1>
				<span className={`state state-${server.state}`}>
					<Codicon name={icon.id.replace('~spin', '')} isSpinning={isSpinning} />
					{words}
				</span>
				<Actions server={server} isTrusted={isTrusted} />
			</div>
			<p className="muted target mono" dir="ltr" title={server.target}>
				{server.target}
			</p>
			{(facts.length > 0 || named !== '') && (
				<p className="muted facts">
					{[...(named === '' ? [] : [`${named} ${server.version}`.trim()]), ...facts].join(' · ')}
				</p>
			)}
			{server.lastError !== null && server.state !== 'running' && (
				<div className="banner" role="status">
					<Codicon name="error" />
					<div className="banner-body">
						<p>{server.lastError.message}</p>
						{server.lastError.stderrTail.trim() !== '' && (
							<pre className="mono stderr">{server.lastError.stderrTail.trim().slice(-1500)}</pre>
						)}
					</div>
				</div>
			)}
			{server.instructions !== '' && (
				<details className="instructions">
					<summary>What the server tells models about itself</summary>
					<p dir="auto">{server.instructions}</p>
				</details>
			)}
		</header>
	);
}

function Actions({ server, isTrusted }: { readonly server: McpServerView; readonly isTrusted: boolean }): ReactElement {
	const { attempt, client } = useHost();
	const [ping, setPing] = useState<string | null>(null);
	const { state } = server;
	const canStart = isTrusted && (state === 'stopped' || state === 'failed' || state === 'needs-auth');
	const isUp = state === 'running' || state === 'starting';
	const measure = (): void => {
		setPing('…');
		client.call('ping', null).then(
			ms => setPing(formatMs(ms)),
			() => setPing('no answer'),
		);
	};
	return (
		<div className="actions">
			{ping !== null && (
				<span className="muted" role="status">
					{ping}
				</span>
			)}
			{state === 'running' && <IconButton icon="pulse" label="Ping" onClick={measure} />}
			{canStart && (
				<IconButton
					icon={state === 'needs-auth' ? 'key' : 'play'}
					label={state === 'needs-auth' ? 'Sign in' : 'Start'}
					onClick={() => void attempt('start', null)}
				/>
			)}
			{state === 'running' && (
				<IconButton icon="debug-restart" label="Restart" onClick={() => void attempt('restart', null)} />
			)}
			{isUp && <IconButton icon="debug-stop" label="Stop" onClick={() => void attempt('stop', null)} />}
		</div>
	);
}
