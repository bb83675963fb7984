import type { ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { mcpServersTopic, type McpServerLine } from '../../../core/dashboard/topics/servers';
import type { mcpServersWidget } from '../../../core/dashboard/widgets/mcpServers';
import type { McpServerState } from '../../../core/mcp/protocol';
import { Button } from '../../shared/components/toolkit';
import { ActionRows, joined, type ActionRow, type RowAction, type Tone } from '../ActionRows';
import { useTopic } from '../context';
import { Empty, Live } from '../Live';
import { useCommand } from '../useCommand';
import type { WidgetProps } from '../widget';

type Run = ReturnType<typeof useCommand>;

const looks: Readonly<Record<McpServerState, readonly [icon: string, tone: Tone, words: string]>> = {
	running: ['pass', 'good', 'running'],
	starting: ['loading', 'active', 'starting'],
	stopped: ['circle-outline', 'off', 'stopped'],
	failed: ['error', 'bad', 'failed'],
	'needs-auth': ['key', 'warning', 'needs you to sign in'],
	disabled: ['circle-slash', 'off', 'off'],
};

export function McpServers({ settings }: WidgetProps<SettingsOf<typeof mcpServersWidget.settings>>): ReactElement {
	const run = useCommand();
	return (
		<Live of={useTopic(mcpServersTopic, null)} loading="Reading MCP servers">
			{servers => {
				const shown = servers.filter(({ state }) => settings.show === 'all' || state !== 'disabled');
				if (shown.length > 0) return <ActionRows rows={shown.map(server => rowOf(server, run))} />;
				return (
					<Empty icon="server-process">
						<p>{servers.length === 0 ? 'There is no MCP server yet.' : 'No MCP server is switched on.'}</p>
						<Button onClick={() => run('quarterdeck.mcp.add')}>Add MCP Server…</Button>
					</Empty>
				);
			}}
		</Live>
	);
}

function rowOf(server: McpServerLine, run: Run): ActionRow {
	const { id, name, state, tools, error, disabledReason } = server;
	const [icon, tone, words] = looks[state];
	const told =
		disabledReason === 'notAllowed'
			? 'not allowed yet'
			: disabledReason === 'changed'
				? 'changed: allow it again'
				: words;
	const about = state === 'running' ? `${tools} ${tools === 1 ? 'tool' : 'tools'}` : joined(told, error);
	return {
		id,
		icon,
		state: told,
		tone,
		title: name,
		about,
		tooltip: joined(told, error),
		isSpinning: state === 'starting',
		open: () => run('quarterdeck.mcp.inspect', id),
		actions: actionsOf(server, run),
	};
}

function actionsOf({ id, name, state }: McpServerLine, run: Run): readonly RowAction[] {
	const act = (verb: string, icon: string, label: string): RowAction => ({
		icon,
		label: `${label} ${name}`,
		run: () => run(`quarterdeck.mcp.${verb}`, id),
	});
	const logs = act('logs', 'output', 'Logs of');
	switch (state) {
		case 'running':
			return [act('restart', 'refresh', 'Restart'), act('stop', 'debug-stop', 'Stop')];
		case 'starting':
			return [act('stop', 'debug-stop', 'Stop')];
		case 'failed':
			return [logs, act('start', 'play', 'Start')];
		case 'needs-auth':
			return [act('signIn', 'sign-in', 'Sign in to')];
		case 'disabled':
			return [act('enable', 'check', 'Switch on')];
		default:
			return [act('start', 'play', 'Start')];
	}
}
