import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { Emitter } from '../../core/base/event';
import type { Json } from '../../core/base/json';
import { Owner } from '../../core/base/lifecycle';
import type { NodeId } from '../../core/flow/model/flow';
import { noPins, parsePins, pinsPath, printPins, type Pins } from '../../core/flow/model/pins';
import type { PortValues } from '../../core/flow/nodes/nodeType';

/** Values that stand in for runs of nodes, in the file beside a flow. */
export class FlowPins extends Owner {
	readonly #known = new Map<string, Pins>();
	readonly #changed = this.own(new Emitter<vscode.Uri>());
	/** Fires with the flow whose pins are others. */
	readonly onDidChange = this.#changed.event;

	constructor() {
		super();
		const watcher = this.own(vscode.workspace.createFileSystemWatcher('**/*.flow.pins.json'));
		for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
			this.own(event(uri => void this.#reread(uri)));
		}
	}

	/** Nodes that are pinned, as they were read last. */
	nodesOf(flow: vscode.Uri): readonly NodeId[] {
		const pins = this.#known.get(flow.toString()) ?? noPins;
		return Object.entries(pins.pins).flatMap(([id, { isOn }]) => (isOn ? [id] : []));
	}

	/** The values for a run. Rejects with a sentence when the file cannot be read. */
	async read(flow: vscode.Uri): Promise<ReadonlyMap<NodeId, PortValues>> {
		const { pins } = await this.#load(flow);
		return new Map(Object.entries(pins).flatMap(([id, pin]) => (pin.isOn ? [[id, pin.outputs] as const] : [])));
	}

	/** Pins a node to these values; `null` takes its pin away. */
	async set(flow: vscode.Uri, node: NodeId, outputs: Readonly<Record<string, Json>> | null): Promise<void> {
		const { pins } = await this.#load(flow);
		const { [node]: _, ...others } = pins;
		const next: Pins = { pins: outputs === null ? others : { ...others, [node]: { outputs, isOn: true } } };
		const file = fileOf(flow);
		if (Object.keys(next.pins).length === 0) await vscode.workspace.fs.delete(file).then(undefined, ignoreMissing);
		else await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(printPins(next)));
		this.#keep(flow, next);
	}

	/** Reads the pins of a flow that is shown. A broken file is told when it is needed. */
	async look(flow: vscode.Uri): Promise<void> {
		await this.#load(flow).catch(() => this.#keep(flow, noPins));
	}

	async #load(flow: vscode.Uri): Promise<Pins> {
		if (flow.scheme !== 'file') return noPins;
		const text = await vscode.workspace.fs.readFile(fileOf(flow)).then(
			bytes => new TextDecoder().decode(bytes),
			(error: unknown) => ignoreMissing(error),
		);
		if (text === undefined) return this.#keep(flow, noPins);
		const parsed = parsePins(text);
		if (!parsed.pins) {
			const name = fileOf(flow).path.split('/').at(-1) ?? '';
			throw new ExpectedError('bad-pins', `${name}, line ${parsed.line + 1}: ${parsed.message}`);
		}
		return this.#keep(flow, parsed.pins);
	}

	#keep(flow: vscode.Uri, pins: Pins): Pins {
		const before = this.nodesOf(flow).join();
		this.#known.set(flow.toString(), pins);
		if (this.nodesOf(flow).join() !== before && !this.isDisposed) this.#changed.fire(flow);
		return pins;
	}

	async #reread(file: vscode.Uri): Promise<void> {
		for (const key of this.#known.keys()) {
			const flow = vscode.Uri.parse(key, true);
			if (fileOf(flow).toString() === file.toString()) await this.look(flow);
		}
	}
}

function fileOf(flow: vscode.Uri): vscode.Uri {
	return flow.with({ path: pinsPath(flow.path) });
}

function ignoreMissing(error: unknown): undefined {
	if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
	throw error;
}
