import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText, ExpectedError, systemCode } from '../../core/base/errors';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import type { NanoDollars } from '../../core/base/money';
import type { StartClaudeSession } from '../../core/claude/session';
import { agentService, type AgentServiceOptions } from '../../core/flow/engine/agentService';
import { modelService } from '../../core/flow/engine/modelService';
import type { LoadedFlow, RunServices } from '../../core/flow/engine/services';
import { toolService } from '../../core/flow/engine/toolService';
import { parseFlow } from '../../core/flow/model/parse';
import { printFlow } from '../../core/flow/model/print';
import { Sandbox } from '../../core/flow/sandbox/sandbox';
import type { Providers } from '../../core/providers/registry';
import type { Toolbox } from '../../core/tools/toolbox';
import type { ToolRunner } from '../../core/tools/toolRunner';
import type { Host } from '../host/context';
import { WorkerPort } from '../host/workerHost';
import { flowSuffix, insideOf } from './files';
import type { FlowSecrets } from './secrets';

/** What runs of flows take from the other features; each is made when the first run needs it. */
export interface RunServiceDeps {
	readonly host: Host;
	readonly toolbox: Toolbox;
	/** Starts what brings tools, and runs them behind the gate. */
	readonly runner: () => Promise<ToolRunner>;
	readonly providers: () => Promise<{ readonly providers: Providers; look(): Promise<void> }>;
	readonly startClaude: StartClaudeSession;
	readonly newGate: () => Promise<AgentServiceOptions['newGate']>;
	readonly remainingBudget: () => Promise<NanoDollars | null>;
	readonly settled: () => Promise<void>;
	readonly secrets: FlowSecrets;
}

/** Joins runs of flows to the models, tools and programs of this window. */
export class FlowRunServices extends Owner {
	readonly #deps: RunServiceDeps;
	#sandbox: Sandbox | undefined;

	constructor(deps: RunServiceDeps) {
		super();
		this.#deps = deps;
		this.own(toDisposable(() => this.#sandbox?.dispose()));
	}

	/** What the nodes of one run may reach. */
	readonly forRun = async (cwd: string): Promise<RunServices> => {
		const { host, toolbox, startClaude, settled, secrets, remainingBudget } = this.#deps;
		const [runner, { providers }, newGate] = await Promise.all([
			this.#deps.runner(),
			this.#deps.providers(),
			this.#deps.newGate(),
		]);
		return {
			models: modelService({ providers, defaultModel: () => defaultModel(host) }),
			tools: toolService({ toolbox, runner, settled }),
			agents: agentService({ start: startClaude, newGate, settled }),
			budget: { remaining: remainingBudget },
			secret: name => secrets.get(name),
			script: (source, values, signal) => this.sandbox.script(source, values, signal),
			loadFlow: path => loadFlow(cwd, path),
		};
	};

	get sandbox(): Sandbox {
		const { context, log } = this.#deps.host;
		const file = context.asAbsolutePath(join('dist', 'workers', 'sandbox.js'));
		return (this.#sandbox ??= new Sandbox({ startThread: () => new WorkerPort(file, log) }));
	}
}

/** The model of nodes that name none: the setting, or else what the chat used last. */
function defaultModel({ settings, state }: Host): string {
	const chosen = settings.get('flows.model').trim();
	return chosen === '' ? (state.lastModel ?? 'claude/default') : chosen;
}

/** Reads a flow that another one calls: as it stands in its editor, or on disk. */
async function loadFlow(cwd: string, path: string): Promise<LoadedFlow> {
	const file = path.endsWith(flowSuffix) ? insideOf(cwd, path) : undefined;
	if (file === undefined) {
		throw new ExpectedError('not-found', `'${path}' is no flow of this folder: name a *.flow.json file inside of it.`);
	}
	const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
	const { flow, problems } = parseFlow(open?.getText() ?? (await textOf(file, path)));
	if (!flow) {
		throw new ExpectedError('not-found', `The flow '${path}' cannot be read: ${problems[0]?.message ?? 'no reason'}`);
	}
	return { flow, hash: hash('sha256', printFlow(flow)) };
}

async function textOf(file: string, path: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (error) {
		const why = systemCode(error) === 'ENOENT' ? 'it does not exist' : errorText(error);
		throw new ExpectedError('not-found', `The flow '${path}' cannot be read: ${why}.`, { cause: error });
	}
}
