import { redactSecrets } from '../../safety/secrets';
import type { Json } from '../../base/json';
import {
	emptyFlow,
	type Flow,
	type FlowEdge,
	type FlowGroup,
	type FlowInput,
	type FlowNode,
	type NodeId,
	type Position,
} from '../model/flow';
import { noPins, type Pin, type Pins } from '../model/pins';
import { normaliseFlow } from '../model/normalise';
import { freshSlug, isSlug, slugOf } from '../model/slugs';
import { isObject, type JsonObject } from './json';
import { Reporter, reportText, type InteropReport } from './report';

/** What an import gives. Nothing of it is written yet. */
export interface Imported {
	readonly flow: Flow;
	/** Values that the original held for nodes. */
	readonly pins: Pins;
	/** Files to write below the workspace folder. */
	readonly files: readonly { readonly path: string; readonly text: string }[];
	readonly report: InteropReport;
}

/** Everything that is not ours to keep in a file for Git: values that are secrets, wherever they stand. */
export function withoutSecrets(value: Json, onFound: (kind: string) => void): Json {
	if (typeof value === 'string') {
		const { text, found } = redactSecrets(value);
		for (const { kind } of found) onFound(kind);
		return text;
	}
	if (Array.isArray(value)) return (value as readonly Json[]).map(entry => withoutSecrets(entry, onFound));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => {
			const isKey = /^(?:api[_-]?key|password|secret|access[_-]?token|auth[_-]?token|client[_-]?secret)$/iu.test(key);
			if (!isKey || typeof entry !== 'string' || entry === '' || entry.includes('{{'))
				return [key, withoutSecrets(entry, onFound)];
			onFound(key);
			return [key, ''];
		}),
	);
}

/** Puts a flow together from the parts of another system's. */
export class FlowBuilder {
	readonly reporter: Reporter;
	readonly nodes: Record<NodeId, FlowNode> = {};
	readonly #edges: FlowEdge[] = [];
	readonly #layout: Record<NodeId, Position> = {};
	readonly #inputs: Record<string, FlowInput> = {};
	readonly #groups: Record<string, FlowGroup> = {};
	readonly #pins: Record<NodeId, Pin> = {};
	readonly #files: { readonly path: string; readonly text: string }[] = [];
	readonly #taken = new Set<string>();
	readonly #system: string;

	constructor(system: string) {
		this.#system = system;
		this.reporter = new Reporter(system);
	}

	/** A free id for a node of this name. */
	newId(name: string): NodeId {
		const id = freshSlug(name, other => this.#taken.has(other));
		this.#taken.add(id);
		return id;
	}

	/** Adds a node; secrets in it are taken out, and said. */
	add(id: NodeId, node: FlowNode, at?: Position): void {
		this.#taken.add(id);
		const tell = (kind: string): void =>
			this.reporter.add(
				'dropped',
				`A value that is a secret (${kind}) was taken out: keep it as a secret and name it here.`,
				id,
			);
		this.nodes[id] = withoutSecrets(node as unknown as Json, tell) as unknown as FlowNode;
		if (at) this.#layout[id] = at;
	}

	/** Changes a node that was added. */
	change(id: NodeId, more: Partial<FlowNode>): void {
		const node = this.nodes[id];
		if (node) this.nodes[id] = { ...node, ...more };
	}

	edge(from: NodeId, output: string, to: NodeId, input: string): void {
		this.#edges.push({ from, output, to, input });
	}

	/** An input of the flow; the name that it got. */
	input(name: string, input: FlowInput): string {
		const slug = freshSlug(name, other => Object.hasOwn(this.#inputs, other), 'input');
		this.#inputs[slug] = input;
		return slug;
	}

	/** An input of exactly this name, of any kind. */
	needInput(name: string): void {
		if (isSlug(name)) this.#inputs[name] ??= { type: 'any' };
	}

	group(name: string, group: FlowGroup): void {
		this.#groups[freshSlug(name, other => Object.hasOwn(this.#groups, other), 'group')] = group;
	}

	pin(id: NodeId, outputs: JsonObject): void {
		this.#pins[id] = { outputs, isOn: true };
	}

	file(path: string, text: string): void {
		this.#files.push({ path, text });
	}

	/** Everything together. What the original had beside its nodes goes into a sheet with the report. */
	finish(name: string, description: string, rest: JsonObject): Imported {
		const places = Object.values(this.#layout);
		const at = { x: Math.min(0, ...places.map(({ x }) => x)) - 360, y: Math.min(0, ...places.map(({ y }) => y)) };
		const { report } = this.reporter;
		const sheet = report.lines.filter(({ kind }) => kind !== 'translated');
		if (sheet.length > 0 || Object.keys(rest).length > 0) {
			const text = `## From ${this.#system}\n\n${reportText({ ...report, lines: sheet })}`;
			const id = this.newId('import notes');
			const origin = Object.keys(rest).length > 0 ? { origin: { [originKey(this.#system)]: rest } } : {};
			this.add(id, { type: 'note@1', params: { text }, ...origin }, { ...at, width: 320, height: 320 });
		}
		const flow = normaliseFlow({
			...emptyFlow(slugOf(name, 'imported'), name),
			...(description === '' ? {} : { description }),
			inputs: this.#inputs,
			nodes: this.nodes,
			edges: this.#edges,
			groups: this.#groups,
			layout: this.#layout,
		});
		const pins = Object.keys(this.#pins).length === 0 ? noPins : { pins: this.#pins };
		return { flow, pins, files: this.#files, report: this.reporter.report };
	}
}

/** The key of a node's `origin` for a system. */
export function originKey(system: string): string {
	return { n8n: 'n8n', ClaraVerse: 'clara', 'Prompt flow': 'promptflow' }[system] ?? slugOf(system);
}

function isPlain(name: string): boolean {
	return /^[A-Za-z_$][\w$]*$/u.test(name);
}

/** `nodes.fetch.body`, or with brackets where the id needs them. */
export function nodeReference(id: NodeId, port: string): string {
	const node = isPlain(id) ? `nodes.${id}` : `nodes[${JSON.stringify(id)}]`;
	return isPlain(port) ? `${node}.${port}` : `${node}[${JSON.stringify(port)}]`;
}

/** A text in which two braces are two braces. */
export function plainText(text: string): string {
	return text.replaceAll('{{', '\\{{');
}

/** A node of another system that has no counterpart here: its data is kept, and it does not run. */
export function keptNode(
	system: string,
	original: string,
	ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Pick<FlowNode, 'type' | 'params'> {
	return { type: 'import.kept@1', params: { system, original, inputs: ports.inputs, outputs: ports.outputs } };
}
