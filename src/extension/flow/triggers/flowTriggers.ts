import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorText, ExpectedError } from '../../../core/base/errors';
import { Owner, type Disposable } from '../../../core/base/lifecycle';
import type { Flow, NodeId } from '../../../core/flow/model/flow';
import { ledgerTriggers, triggersOf, type FileEvent, type TriggerSpec } from '../../../core/flow/triggers/spec';
import type { StartedRun } from '../../../core/flow/triggers/starter';
import { Triggers, type TriggerWish } from '../../../core/flow/triggers/triggers';
import { triggerKey } from '../../../core/flow/triggers/armedStore';
import type { TriggerView } from '../../../core/flow/triggers/triggerView';
import type { Host } from '../../host/context';
import { workspaceFolders } from '../../host/workspace';
import type { FlowChecker } from '../checker';
import { asWritten, folderOf } from '../files';
import { fileOf, type FlowRuns } from '../runs';
import { requireTrust } from '../trust';
import type { FlowWorld } from '../world';
import { tellTrigger } from './notices';

export interface FlowTriggersDeps {
	readonly host: Host;
	readonly world: FlowWorld;
	readonly checker: FlowChecker;
	readonly runs: FlowRuns;
}

/** The triggers of the flows of this window. */
export class FlowTriggers extends Owner {
	readonly #deps: FlowTriggersDeps;
	readonly #triggers: Triggers;

	constructor(deps: FlowTriggersDeps) {
		super();
		this.#deps = deps;
		const { host, world, checker, runs } = deps;
		const { secrets, settings } = host;
		this.#triggers = this.own(
			new Triggers({
				folder: join(host.context.globalStorageUri.fsPath, 'flows', 'triggers'),
				clock: host.clock,
				log: host.log,
				catalog: () => world.catalog,
				folders: () => (vscode.workspace.isTrusted ? workspaceFolders() : []),
				isEnabled: () => settings.get('flows.triggers.enable'),
				port: () => settings.get('flows.triggers.port'),
				token: async key => {
					const known = await secrets.get(`flow.webhook.${key}`);
					if (known !== undefined) return known;
					const token = randomBytes(24).toString('base64url');
					await secrets.set(`flow.webhook.${key}`, token);
					return token;
				},
				forgetToken: key => secrets.delete(`flow.webhook.${key}`),
				watchFiles,
				run: wish => this.#run(wish),
			}),
		);
		this.own(this.#triggers.onNotice(notice => void tellTrigger(host, this, notice)));
		this.own(runs.book.onDidBegin(run => this.#triggers.follow(run.file, run)));
		this.own(
			settings.onDidChange(keys => {
				if (keys.has('flows.triggers.port')) this.#triggers.listenAnew();
				if (keys.has('flows.triggers.port') || keys.has('flows.triggers.enable')) this.look();
			}),
		);
		this.own(
			checker.onDidCheck(uri => {
				const file = fileOf(uri);
				if (this.#triggers.armed.some(armed => armed.file === file)) this.look();
			}),
		);
		this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => this.look()));
		this.own(vscode.workspace.onDidGrantWorkspaceTrust(() => this.look()));
		this.own(
			vscode.window.onDidChangeWindowState(({ focused }) => {
				if (focused) this.look();
			}),
		);
		this.look();
	}

	/** Something about a trigger is another. */
	get onDidChange(): Triggers['onDidChange'] {
		return this.#triggers.onDidChange;
	}

	/** How many are on for the folders of this window. */
	get count(): number {
		return this.#triggers.armed.length;
	}

	/** The triggers of a flow, as it stands in its editor or on disk. */
	viewsOf(uri: vscode.Uri, flow: Flow): readonly TriggerView[] {
		return uri.scheme === 'file' ? this.#triggers.viewsOf(folderOf(uri), uri.fsPath, flow) : [];
	}

	/** Looks at what is on, now. */
	look(): void {
		this.#triggers
			.look()
			.catch((error: unknown) => this.#deps.host.log.warn(`Triggers could not be looked at: ${errorText(error)}`));
	}

	/** Turns a trigger on as its file has it: what is typed and not saved yet is saved. */
	async turnOn(uri: vscode.Uri, node: NodeId): Promise<void> {
		requireTrust('Triggers fire');
		if (uri.scheme !== 'file') throw new ExpectedError('no-file', 'Save the flow to a file of the workspace first.');
		const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
		if (open?.isDirty === true && !(await open.save()))
			throw new ExpectedError('not-saved', 'The flow could not be saved, and only what is saved can be turned on.');
		await this.#deps.world.ready;
		await this.#triggers.turnOn(folderOf(uri), uri.fsPath, node);
	}

	turnOff(uri: vscode.Uri, node: NodeId): Promise<void> {
		return this.#triggers.turnOff(triggerKey(folderOf(uri), uri.fsPath, node));
	}

	turnOffAll(): Promise<number> {
		return this.#triggers.turnOffAll();
	}

	/** A call of a webhook with its token, for a shell. */
	async curlOf(uri: vscode.Uri, flow: Flow, node: NodeId): Promise<string> {
		const spec = this.#specOf(flow, node);
		const { url, method, token } = await this.#triggers.hookOf(folderOf(uri), uri.fsPath, spec);
		const body = method === 'GET' ? '' : ` -H 'Content-Type: application/json' -d '{"status":"ok"}'`;
		return `curl -X ${method} '${url}' -H 'Authorization: Bearer ${token}'${body}`;
	}

	/** The window ends. What is on stays on. */
	stop(): Promise<void> {
		return this.#triggers.stop();
	}

	#specOf(flow: Flow, node: NodeId): TriggerSpec {
		const spec = triggersOf(flow, this.#deps.world.catalog).find(each => each.node === node);
		if (!spec) throw new ExpectedError('no-trigger', `The flow has no trigger '${node}' (any more).`);
		return spec;
	}

	async #run({ file, flow, kind, by, title }: TriggerWish): Promise<StartedRun> {
		const { runs } = this.#deps;
		const live = await runs.begin({
			uri: vscode.Uri.file(file),
			flow,
			scope: { kind: 'all' },
			inputs: {},
			breakpoints: [],
			trigger: ledgerTriggers[kind],
			by,
			title,
		});
		if (!live.run) throw new ExpectedError('run-over', 'The run has not begun.');
		return { execution: live.execution, result: live.run.result };
	}
}

function watchFiles(cwd: string, pattern: string, listener: (path: string, event: FileEvent) => void): Disposable {
	const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(cwd), pattern));
	const tell = (event: FileEvent) => (uri: vscode.Uri) => listener(asWritten(cwd, uri.fsPath), event);
	watcher.onDidCreate(tell('created'));
	watcher.onDidChange(tell('changed'));
	watcher.onDidDelete(tell('deleted'));
	return watcher;
}
