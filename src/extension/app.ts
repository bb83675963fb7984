import * as vscode from 'vscode';
import { systemClock } from '../core/base/clock';
import { errorText } from '../core/base/errors';
import { DisposableStore, type Disposable } from '../core/base/lifecycle';
import { redactingLogger } from '../core/safety/redactingLogger';
import { registerClaude } from './claude/register';
import { registerDashboard } from './dashboard/register';
import { FlowActions } from './flow/actions';
import { registerFlow } from './flow/register';
import { Commands } from './host/commands';
import { registerHardware } from './hardware/register';
import type { Host } from './host/context';
import { Secrets } from './host/secrets';
import { Settings } from './host/settings';
import { WorkspaceState } from './host/state';
import { registerHealth } from './health/register';
import { registerLedger } from './ledger/register';
import { registerMemory } from './memory/register';
import { registerMonitors } from './monitors/register';
import { Parts } from './parts';
import { registerProviders } from './providers/register';
import { registerStats } from './stats/register';
import { registerTools } from './tools/register';
import { registerWelcome } from './welcome/register';

/** The running extension. */
export interface App {
	/** Ends what runs and writes what waits. */
	stop(): Promise<void>;
}

/** Registers every feature with the services it works on. */
export function startApp(context: vscode.ExtensionContext): App {
	const output = vscode.window.createOutputChannel('Quarterdeck', { log: true });
	const { version } = context.extension.packageJSON as { readonly version: string };
	output.info(`Quarterdeck ${version} in VS Code ${vscode.version}, ${process.platform} ${process.arch}`);
	const store = new DisposableStore();
	const settings = store.add(new Settings());
	const commands = new Commands(output);
	const state = new WorkspaceState(context.workspaceState);
	const secrets = store.add(new Secrets(context.secrets));
	const host: Host = { context, log: redactingLogger(output), clock: systemClock, settings, secrets, state, commands };
	const parts = new Parts(host, store);
	const register = (feature: string, start: () => Disposable): void => {
		try {
			store.add(start());
		} catch (error) {
			// One feature that fails must not take the others with it.
			output.error(`${feature} could not start: ${errorText(error)}`);
		}
	};
	register('welcome', () => registerWelcome(host, output));
	register('artifacts', () => parts.registerArtifacts());
	register('chat', () => parts.registerChat());
	register('review', () => parts.registerReview());
	register('safety', () => parts.registerSafety());
	register('ledger', () =>
		registerLedger(host, {
			ledger: parts.ledger,
			chat: parts.actions,
			flows: new FlowActions(parts.flow),
			folder: parts.ledgerFolder,
		}),
	);
	register('mcp', () => parts.registerMcp());
	register('providers', () => registerProviders(host, parts.providers));
	register('memory', () => registerMemory(host, parts));
	register('tools', () => registerTools(host, parts.tools));
	register('flow', () => registerFlow(host, parts.flow));
	register('hardware', () => registerHardware(host, parts.machine.hardware));
	register('stats', () => registerStats(host, parts.machine.stats));
	register('health', () => registerHealth(host, parts.machine));
	register('monitors', () => registerMonitors(host, parts.machine));
	register('dashboard', () =>
		registerDashboard(parts.machine, { chat: parts.actions, flows: new FlowActions(parts.flow) }),
	);
	register('claude', () => registerClaude(host, { recheck: async () => (await parts.service.get()).recheck() }));
	context.subscriptions.push(output, { dispose: () => store.dispose() });
	return { stop: () => parts.stop() };
}
