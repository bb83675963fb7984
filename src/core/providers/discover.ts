import { systemClock, type Clock } from '../base/clock';
import type { ProviderConfig } from './config';
import { Connection } from './connection';
import { findPreset } from './presets';

/** Where servers on this machine usually listen. */
const usualPorts = [
	11434, // Ollama
	1234, // LM Studio
	8080, // llama.cpp, LocalAI
	8000, // vLLM
	1337, // Jan
	5001, // KoboldCpp
	30000, // SGLang
] as const;

/** A server that answered on this machine. */
export interface FoundServer {
	/** As it would stand in the settings. */
	readonly config: ProviderConfig;
	/** What it is, with its version where it says one: `Ollama 0.9.6`. */
	readonly text: string;
}

export interface DiscoverOptions {
	readonly ports?: readonly number[];
	/** `OLLAMA_HOST`, where Ollama was told to listen elsewhere. */
	readonly ollamaHost?: string | undefined;
	/** For one server to say what it is. Those that are there take a few milliseconds, but seconds while a busy machine starts a window. */
	readonly timeoutMs?: number;
	readonly clock?: Clock;
	readonly fetch?: typeof fetch;
}

type Body = Readonly<Record<string, unknown>>;
type Ask = (path: string) => Promise<Body | null>;

/** Looks for model servers on the usual ports of this machine. What answers is identified by what it says, not by its port. */
export async function discoverLocal(
	signal: AbortSignal,
	options: DiscoverOptions = {},
): Promise<readonly FoundServer[]> {
	const places = (options.ports ?? usualPorts).map(port => `http://127.0.0.1:${port}`);
	const named = ollamaHostAddress(options.ollamaHost);
	const all = [...new Set(named === undefined ? places : [named, ...places])];
	const found = await Promise.all(all.map(place => identify(place, asker(place, signal, options))));
	const ids = new Set<string>();
	return found
		.filter(server => server !== null)
		.map(({ config, text }) => {
			let id = config.id;
			for (let count = 2; ids.has(id); count++) id = `${config.id}-${count}`;
			ids.add(id);
			return { config: { ...config, id }, text };
		});
}

/** What stands in `OLLAMA_HOST`, as an address on this machine; `undefined` for another machine, which is set up by hand. */
function ollamaHostAddress(text: string | undefined): string | undefined {
	if (!text) return undefined;
	const address = text.includes('://') ? text : `http://${text}`;
	if (!URL.canParse(address)) return undefined;
	const { hostname, port, protocol } = new URL(address);
	const isHere = ['0.0.0.0', '[::]', 'localhost', '127.0.0.1', '[::1]'].includes(hostname);
	return isHere && protocol === 'http:' ? `http://127.0.0.1:${port === '' ? '11434' : port}` : undefined;
}

/** Asks for JSON; anything else is no answer. */
function asker(place: string, signal: AbortSignal, options: DiscoverOptions): Ask {
	const { timeoutMs = 5_000, clock = systemClock, fetch } = options;
	return async path => {
		const connection = new Connection({
			signal,
			clock,
			silence: { firstByteMs: timeoutMs, gapMs: timeoutMs },
			fail: () => new Error('no answer'),
			...(fetch ? { fetch } : {}),
		});
		try {
			const response = await connection.fetch(`${place}${path}`, { headers: { accept: 'application/json' } });
			const body: unknown = response.ok ? await response.json() : null;
			return typeof body === 'object' && body !== null ? (body as Body) : null;
		} catch (error) {
			if (signal.aborted) throw error;
			// Nothing there, or nothing that we know: that is the usual case, not a failure.
			return null;
		} finally {
			connection.dispose();
		}
	};
}

async function identify(place: string, ask: Ask): Promise<FoundServer | null> {
	const [models, ollama] = await Promise.all([ask('/v1/models'), ask('/api/version')]);
	const entries = Array.isArray(models?.['data']) ? (models['data'] as readonly Body[]) : null;
	const owner = entries?.[0]?.['owned_by'];
	// KoboldCpp answers as Ollama, too, but without its tools.
	if (typeof ollama?.['version'] === 'string' && owner !== 'koboldcpp')
		return {
			config: { id: 'ollama', kind: 'ollama', baseUrl: place },
			text: `Ollama ${ollama['version']}`,
		};
	if (!entries) return null;
	if (owner === 'llamacpp') return compatible(place, 'llamacpp');
	if (owner === 'vllm') return compatible(place, 'vllm');
	if (owner === 'koboldcpp') return compatible(place, 'other', 'KoboldCpp');
	if (owner === 'sglang') return compatible(place, 'other', 'SGLang');
	const [studio, system] = await Promise.all([ask('/api/v0/models'), ask('/system')]);
	const listed = Array.isArray(studio?.['data']) ? (studio['data'] as readonly Body[]) : [];
	if (listed.some(entry => 'state' in entry) || owner === 'organization_owner') return compatible(place, 'lmstudio');
	if (Array.isArray(system?.['backends'])) return compatible(place, 'localai');
	return compatible(place, 'other', `Server on port ${new URL(place).port}`);
}

function compatible(place: string, preset: string, label?: string): FoundServer {
	const id = label === undefined ? preset : label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
	const named = label === undefined ? {} : { label };
	return {
		config: { id, kind: 'openai', preset, baseUrl: `${place}/v1`, ...named },
		text: label ?? findPreset(preset).label,
	};
}
