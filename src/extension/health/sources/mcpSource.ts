import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import type { ServiceAction } from '../../../core/health/health';
import { localPolicy, type CheckResult, type WatchedService } from '../../../core/health/service';
import type { McpServerView } from '../../../core/mcp/protocol';
import type { McpService } from '../../mcp/service';

/** The MCP servers that are switched on. Each window runs its own. */
export class McpSource extends Owner {
	readonly #mcp: McpService;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;
	readonly #services = new Map<string, WatchedService>();

	constructor(mcp: McpService) {
		super();
		this.#mcp = mcp;
		this.own(mcp.onDidChange(() => this.#changed.fire()));
	}

	services(): readonly WatchedService[] {
		const servers = this.#mcp.hub.servers().filter(({ state }) => state !== 'disabled');
		return servers.map(({ id, name }) => {
			const known = this.#services.get(id);
			if (known?.name === name) return known;
			const made = this.#make(id, name);
			this.#services.set(id, made);
			return made;
		});
	}

	#make(id: string, name: string): WatchedService {
		const { hub } = this.#mcp;
		return {
			id: `mcp:${id}`,
			name,
			kind: 'mcp',
			needs: [],
			// The hub knows at once and starts what crashed again: what it gives up is down.
			policy: { ...localPolicy, failures: 1, successes: 1 },
			isExpected: true,
			isOfWindow: true,
			onDidChange: this.onDidChange,
			actions: () => actionsOf(hub.server(id)),
			check: () => Promise.resolve(resultOf(hub.server(id))),
			act: async action => {
				if (action === 'stop') await hub.stop(id);
				else if (action === 'restart') await hub.restart(id);
				else await this.#mcp.start(id);
			},
		};
	}
}

function actionsOf(server: McpServerView | undefined): readonly ServiceAction[] {
	switch (server?.state) {
		case 'running':
		case 'starting':
			return ['stop', 'restart', 'logs'];
		case undefined:
		case 'disabled':
			return [];
		default:
			return ['start', 'logs'];
	}
}

function resultOf(server: McpServerView | undefined): CheckResult {
	if (!server) return { outcome: 'idle', text: 'It is not defined any more.', latencyMs: null };
	const latencyMs = server.latencyP50Ms;
	switch (server.state) {
		case 'running':
			return { outcome: 'up', text: runningText(server), latencyMs };
		case 'failed': {
			const text = server.lastError?.message ?? 'It failed.';
			// It is started again by itself: not down yet.
			return { outcome: server.restartAt === null ? 'down' : 'impaired', text, latencyMs: null };
		}
		case 'needs-auth':
			return { outcome: 'impaired', text: 'It wants you to sign in.', latencyMs: null };
		case 'starting':
			// After a crash it stands still for a moment because nobody wanted it to.
			if (server.lastError) return { outcome: 'impaired', text: 'It is starting again.', latencyMs: null };
			return { outcome: 'unsure', text: 'It is starting.', latencyMs: null };
		default:
			return { outcome: 'idle', text: 'It is not started.', latencyMs: null };
	}
}

function runningText({ tools, version, title, name }: McpServerView): string {
	const called = [title === '' ? name : title, version].filter(part => part !== '').join(' ');
	return `${called} runs, with ${tools.length === 1 ? '1 tool' : `${tools.length} tools`}.`;
}
