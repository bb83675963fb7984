import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { systemClock } from '../core/base/clock';
import { errorText } from '../core/base/errors';
import { ClaudeProcess } from '../core/claude/claudeProcess';
import { ClaudeProvider } from '../core/claude/claudeProvider';
import { findClaude, thisMachine, type FoundClaude } from '../core/claude/findClaude';
import type { StartClaudeSession } from '../core/claude/session';
import type { ProcessSupervisor } from '../core/process/supervisor';
import type { Logger } from '../core/base/logger';
import { presets } from '../core/providers/presets';
import { Providers } from '../core/providers/registry';
import { UsageError, type Io } from './io';

/** The variable that holds a provider's key: `OPENAI_API_KEY`, `QUARTERDECK_KEY_MY_SERVER`. */
export function keyVariable(provider: string): string {
	const name = provider.toUpperCase().replaceAll('-', '_');
	return presets.some(({ id, baseUrl }) => id === provider && baseUrl !== null)
		? `${name}_API_KEY`
		: `QUARTERDECK_KEY_${name}`;
}

/** Services that are there when their key is set, and servers of this machine. */
function knownConfigs({ environment }: Io): readonly unknown[] {
	const services = presets.flatMap(({ id, baseUrl, key }): readonly unknown[] => {
		if (baseUrl === null) return [];
		const isThere = key !== 'required' || hasText(environment[keyVariable(id)]);
		return isThere ? [{ id, kind: 'openai', preset: id }] : [];
	});
	const host = environment['OLLAMA_HOST'];
	const address = hasText(host) ? { baseUrl: /^https?:/u.test(host) ? host : `http://${host}` } : {};
	return [{ id: 'ollama', kind: 'ollama', ...address }, ...services];
}

function hasText(value: string | undefined): value is string {
	return value !== undefined && value !== '';
}

/** The file of `--providers`: a list like that of the setting `quarterdeck.providers`. */
async function readConfigs(io: Io, path: string): Promise<readonly unknown[]> {
	let list: unknown;
	try {
		list = JSON.parse(await readFile(resolve(io.cwd, path), 'utf8'));
	} catch (error) {
		throw new UsageError(`The providers of ${path} cannot be read: ${errorText(error)}`);
	}
	if (!Array.isArray(list)) throw new UsageError(`${path} must hold a list of providers.`);
	return list;
}

export interface ModelsOptions {
	readonly io: Io;
	readonly supervisor: ProcessSupervisor;
	readonly log: Logger;
	/** Of `--providers`. */
	readonly file: string | undefined;
	/** A folder in which a CLI answers without looking at any file. */
	readonly folder: string;
}

/** Starts the user's Claude CLI; `QUARTERDECK_CLAUDE` names another than the one that is found. */
export function claudeStarter({ io, supervisor, log }: Omit<ModelsOptions, 'file'>): StartClaudeSession {
	return async (options, handlers) => {
		const claude = await foundClaude(io);
		return ClaudeProcess.start({ supervisor, claude, environment: io.environment, logger: log }, options, handlers);
	};
}

function foundClaude({ environment }: Io): Promise<FoundClaude> {
	return findClaude(thisMachine(environment, homedir()), environment['QUARTERDECK_CLAUDE']);
}

/** Every model that flows may ask for. Keys come from the environment alone. */
export async function openProviders(options: ModelsOptions): Promise<Providers> {
	const { io, file } = options;
	const providers = new Providers({
		clock: systemClock,
		secret: async id => {
			const value =
				io.environment[keyVariable(id)] ?? io.environment[`QUARTERDECK_KEY_${id.toUpperCase().replaceAll('-', '_')}`];
			return hasText(value) ? value : undefined;
		},
		prices: () => ({}),
		chain: () => [],
	});
	providers.add(
		new ClaudeProvider({
			cwd: options.folder,
			version: async () => (await foundClaude(io)).version,
			start: claudeStarter(options),
		}),
	);
	const own = file === undefined ? [] : await readConfigs(io, file);
	const named = new Set(
		own.map(entry => (typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined)),
	);
	const rest = knownConfigs(io).filter(entry => !named.has((entry as { readonly id: string }).id));
	const problems = providers.configure([...own, ...rest]);
	const [first] = problems;
	if (first) throw new UsageError(first.text);
	return providers;
}
