import type { Json } from '../../../base/json';
import { nearest } from '../nearest';
import type { FlowFix, JsonPath } from '../problem';
import { referenceTo, renameReference } from '../rename';
import { encloses, isInside } from './checks';
import type { CheckedNode, Checks, ProblemDetails } from './checks';
import { dependency } from './edges';
import type { Dependency } from './edges';
import type { ExpressionText } from './facts';
import { valueAt } from './values';

/** Names that a container gives to what stands in it. */
const frameNames: ReadonlySet<string> = new Set(['item', 'index', 'count', 'previous', 'value']);

/** Expressions: whether they can be read, and whether what they name is there before they are. */
export function checkReferences(checks: Checks): readonly Dependency[] {
	const dependencies: Dependency[] = [];
	for (const node of checks.nodes.values()) {
		for (const text of node.texts) {
			const check = new TextCheck(checks, node, text);
			check.check();
			dependencies.push(...check.dependencies);
		}
	}
	return dependencies;
}

class TextCheck {
	readonly dependencies: Dependency[] = [];

	constructor(
		private readonly checks: Checks,
		private readonly node: CheckedNode,
		private readonly text: ExpressionText,
	) {}

	check(): void {
		const { references, problems } = this.text;
		for (const { message } of problems) this.tell('bad-expression', message);
		for (const { id, port } of references.nodes) this.checkNode(id, port);
		for (const name of references.flow) this.checkFlow(name);
		for (const name of references.inputs) this.checkInput(name);
		if (this.text.mode === 'template') this.checkFrame(references.names);
	}

	private tell(
		code: 'bad-expression' | 'unknown-reference' | 'late-reference',
		what: string,
		details: ProblemDetails = {},
	): void {
		const { path } = this.text;
		const [param] = path;
		this.checks.ofNode(code, this.node.id, ['params', ...path], `'${path.join('.')}' of '${this.node.id}': ${what}`, {
			...(typeof param === 'string' ? { param } : {}),
			...details,
		});
	}

	private checkNode(id: string, port: string | null): void {
		const from = this.checks.nodes.get(id);
		if (!from) {
			const near = this.checks.nearNode(id);
			const ending = near === undefined ? '' : ` Did you mean '${near}'?`;
			this.tell('unknown-reference', `there is no node '${id}'.${ending}`, { fixes: this.rename('nodes', id, near) });
			return;
		}
		if (from === this.node) this.tell('late-reference', 'it names the node itself, which has no output yet.');
		else if (isInside(this.node, from)) this.checkEntry(from, port);
		else if (!encloses(from.parent, this.node.parent)) {
			const where = `'${id}' stands in '${from.parent?.id}', and is not seen from outside of it`;
			this.tell('late-reference', `${where}. Lead it out through '${from.parent?.id}'.`);
		} else {
			this.dependencies.push(dependency(from, this.node, -1));
			from.isFollowed = true;
			this.checkPort(
				from,
				port,
				from.ports.outputs.filter(output => !output.isInner).map(output => output.name),
			);
		}
	}

	/** From within, a container is what it was given for this pass. */
	private checkEntry(from: CheckedNode, port: string | null): void {
		this.checkPort(
			from,
			port,
			from.ports.outputs.filter(output => output.isInner).map(output => output.name),
		);
	}

	private checkPort(from: CheckedNode, port: string | null, names: readonly string[]): void {
		if (port === null || !from.type || from.isOpen || names.includes(port)) return;
		if (port === 'error' && from.node.onError === 'branch') return;
		const near = nearest(port, names);
		const list = names.length === 0 ? 'no outputs' : `'${names.slice(0, 12).join("', '")}'`;
		const ending = near === undefined ? `It has ${list}.` : `Did you mean '${near}'?`;
		this.tell('unknown-reference', `'${from.id}' has no output '${port}'. ${ending}`);
	}

	private checkFlow(name: string): void {
		const { inputs } = this.checks.flow;
		if (Object.hasOwn(inputs, name)) return;
		const near = nearest(name, Object.keys(inputs));
		const ending = near === undefined ? '' : ` Did you mean '${near}'?`;
		const add: FlowFix = { title: `Add the input '${name}'`, ops: [{ op: 'setInput', name, input: { type: 'any' } }] };
		const fixes = [...this.rename('flow', name, near), add];
		this.tell('unknown-reference', `the flow has no input '${name}'.${ending}`, { fixes });
	}

	private checkInput(name: string): void {
		const { ports, isOpen, connected } = this.node;
		if (connected.includes(name)) return;
		const names = ports.inputs.filter(port => !port.isInner).map(port => port.name);
		if (names.includes(name)) {
			this.tell('unknown-reference', `nothing is connected to the input '${name}'.`, { severity: 'warning' });
			return;
		}
		if (isOpen) return;
		const near = nearest(name, names);
		const ending = near === undefined ? '' : ` Did you mean '${near}'?`;
		const fixes = this.rename('input', name, near);
		this.tell('unknown-reference', `this node has no input '${name}'.${ending}`, { severity: 'warning', fixes });
	}

	private checkFrame(names: readonly string[]): void {
		for (const name of new Set(names)) {
			if (!frameNames.has(name) || this.isGiven(name)) continue;
			this.tell('unknown-reference', `'${name}' has a value only inside of a container that gives it.`, {
				severity: 'warning',
			});
		}
	}

	private isGiven(name: string): boolean {
		for (let up = this.node.parent; up; up = up.parent) {
			if (!up.type || up.isOpen || up.ports.outputs.some(port => port.isInner && port.name === name)) return true;
		}
		return false;
	}

	/** The same text with another name, where the name stands plainly. */
	private rename(root: 'nodes' | 'flow' | 'input', name: string, other: string | undefined): FlowFix[] {
		const [param, ...inner] = this.text.path;
		if (other === undefined || typeof param !== 'string') return [];
		const text = renameReference(this.text.text, root, name, other);
		if (text === this.text.text) return [];
		const value = replaced(this.node.node.params?.[param] ?? null, inner, text);
		return [
			{
				title: `Change to '${referenceTo(root, other)}'`,
				ops: [{ op: 'setParam', id: this.node.id, name: param, value }],
			},
		];
	}
}

function replaced(value: Json, path: JsonPath, text: string): Json {
	const [key, ...rest] = path;
	if (key === undefined) return text;
	const inner = replaced(valueAt(value, [key]) ?? null, rest, text);
	if (Array.isArray(value)) return (value as readonly Json[]).map((item, at) => (at === key ? inner : item));
	return { ...(value as Readonly<Record<string, Json>>), [key]: inner };
}
