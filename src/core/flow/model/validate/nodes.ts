import type { NodeCatalog, NodeType } from '../../nodes/nodeType';
import { sameJson } from '../apply';
import type { FlowNode, NodeId } from '../flow';
import { nearest, nearestOf } from '../nearest';
import type { FlowOp } from '../ops';
import type { FlowFix } from '../problem';
import type { CheckedNode, Checks } from './checks';
import { factsOf, madePorts, newestParams, noPorts } from './facts';
import type { NodeFacts } from './facts';
import { secretsOf } from './params';
import { quoted } from './values';

/** Every node by itself: its type, its parameters, its settings. */
export function checkNodes(checks: Checks): void {
	const types = new TypeNames(checks.catalog);
	for (const id of Object.keys(checks.flow.nodes)) {
		const node = checks.flow.nodes[id]!;
		const named = types.find(node.type);
		const type = usable(checks, types, id, node, named);
		checkCustom(checks, id, named);
		const facts = type && factsOf(id, node, type, named.version ?? type.version);
		if (facts) {
			const isNote = facts.type.isNote === true;
			for (const problem of facts.problems) checks.take(isNote ? { ...problem, severity: 'warning' } : problem);
			checkSecrets(checks, id, node, facts.type);
		}
		if (node.retry || node.timeoutMs !== undefined) checkSettings(checks, id, node);
		checks.nodes.set(id, checkedNode(checks, id, node, facts));
	}
}

function checkedNode(checks: Checks, id: NodeId, node: FlowNode, facts: NodeFacts | undefined): CheckedNode {
	const make = facts?.type.ports;
	const isOpen = typeof make === 'function';
	const made = isOpen && facts ? madePorts.bind(undefined, make, facts.params, checks.world) : undefined;
	return {
		id,
		index: checks.nodes.size,
		node,
		type: facts?.type,
		texts: facts?.texts ?? [],
		ports: facts?.ports ?? made?.() ?? noPorts,
		isOpen,
		parent: null,
		connected: [],
		isFollowed: false,
		isCaught: false,
	};
}

/** The name of a type taken apart, with the type that it finds. */
interface Named {
	readonly name: string;
	/** `undefined`: it says none. */
	readonly version: number | undefined;
	readonly type: NodeType | undefined;
}

/** Names are taken apart and compared with others once a name, not once a node. */
class TypeNames {
	private names: readonly string[] | undefined;
	private readonly found = new Map<string, Named>();
	private readonly near = new Map<string, readonly string[]>();

	constructor(private readonly catalog: NodeCatalog) {}

	find(text: string): Named {
		let named = this.found.get(text);
		if (!named) {
			const at = text.lastIndexOf('@');
			const name = at < 0 ? text : text.slice(0, at);
			const number = at < 0 ? Number.NaN : Number(text.slice(at + 1));
			const type = this.catalog.find(text) ?? this.catalog.find(name);
			named = { name, version: Number.isInteger(number) && number >= 1 ? number : undefined, type };
			this.found.set(text, named);
		}
		return named;
	}

	like(name: string): readonly string[] {
		let found = this.near.get(name);
		if (!found) {
			// Names that are all wrong in different ways are a foreign file, and not misspelt.
			this.names ??= this.catalog.list().map(type => type.type);
			this.near.set(name, (found = this.near.size < mostCompared ? nearestOf(name, this.names, 3) : []));
		}
		return found;
	}
}

const mostCompared = 200;

/** The type that checks a node; of another version than the node's only when that can be lifted. */
function usable(
	checks: Checks,
	types: TypeNames,
	id: NodeId,
	node: FlowNode,
	{ name, version, type }: Named,
): NodeType | undefined {
	if (!type) {
		if (!checks.world.custom?.(name)) unknownType(checks, types, id, name);
		return undefined;
	}
	if (version === undefined) {
		const message = `'${id}' does not say which version of '${name}' it means: '${name}@${type.version}'.`;
		checks.ofNode('unknown-version', id, ['type'], message, { severity: 'warning', fixes: [setType(id, type)] });
	} else if (version > type.version) {
		const message = `'${node.type}' was made by a newer version; this one knows '${type.type}@${type.version}'. Update the extension to run it.`;
		checks.ofNode('unknown-version', id, ['type'], message);
		return undefined;
	} else if (version < type.version) {
		const message = `'${id}' has the form of version ${version} of '${type.title}', which is read as version ${type.version}.`;
		checks.ofNode('old-version', id, ['type'], message, { severity: 'hint', fixes: [lift(id, node, type, version)] });
	}
	return type;
}

/** The file of a custom node is missing, broken, changed or not allowed to reach what it asks for. */
function checkCustom(checks: Checks, id: NodeId, { name }: Named): void {
	const remark = checks.world.custom?.(name);
	if (remark) checks.ofNode('custom-node', id, ['type'], remark.message, { severity: remark.severity });
}

function unknownType(checks: Checks, types: TypeNames, id: NodeId, name: string): void {
	const near = types.like(name);
	const origin = name.startsWith('custom.')
		? `Its file .quarterdeck/nodes/${name.slice('custom.'.length)}.js is missing.`
		: 'It may come from a newer version.';
	const ending = near.length === 0 ? origin : `Did you mean ${quoted(near)}?`;
	const fixes = near.flatMap((other): FlowFix[] => {
		const found = checks.catalog.find(other);
		return found ? [setType(id, found)] : [];
	});
	checks.ofNode('unknown-type', id, ['type'], `There is no node type '${name}'. ${ending}`, { fixes });
}

function setType(id: NodeId, type: NodeType): FlowFix {
	const value = `${type.type}@${type.version}`;
	return { title: `Change the type to '${value}'`, ops: [{ op: 'setNode', id, key: 'type', value }] };
}

function lift(id: NodeId, node: FlowNode, type: NodeType, version: number): FlowFix {
	const [before, after] = [node.params ?? {}, newestParams(node, type, version)];
	const ops: FlowOp[] = [...setType(id, type).ops];
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const value = after[name] ?? null;
		if (!sameJson(before[name] ?? null, value)) ops.push({ op: 'setParam', id, name, value });
	}
	return { title: `Write it as version ${type.version}`, ops };
}

function checkSecrets(checks: Checks, id: NodeId, node: FlowNode, type: NodeType): void {
	const { secrets } = checks.world;
	if (!secrets) return;
	for (const { name, path } of secretsOf(type, node)) {
		if (secrets.has(name)) continue;
		const near = nearest(name, secrets);
		const [param] = path;
		const fixes: FlowFix[] =
			near !== undefined && path.length === 1 && typeof param === 'string'
				? [{ title: `Use '${near}'`, ops: [{ op: 'setParam', id, name: param, value: near }] }]
				: [];
		const message = `The secret '${name}' of '${id}' has no value here${near === undefined ? '' : `; there is '${near}'`}.`;
		checks.ofNode('unbound-secret', id, ['params', ...path], message, {
			severity: 'warning',
			...(typeof param === 'string' ? { param } : {}),
			fixes,
		});
	}
}

const longestTimeout = 7 * 24 * 60 * 60_000;

function checkSettings(checks: Checks, id: NodeId, { retry, timeoutMs }: FlowNode): void {
	const remove = (key: 'retry' | 'timeoutMs'): { readonly fixes: readonly FlowFix[] } => ({
		fixes: [{ title: `Remove '${key}'`, ops: [{ op: 'setNode', id, key, value: null }] }],
	});
	if (retry && !(Number.isInteger(retry.max) && retry.max >= 0 && retry.max <= 100)) {
		checks.ofNode(
			'bad-limit',
			id,
			['retry', 'max'],
			`'${id}' can be tried again 0 to 100 times, and not ${retry.max} times.`,
			remove('retry'),
		);
	}
	if (retry?.delayMs !== undefined && !(retry.delayMs >= 0 && retry.delayMs <= longestTimeout)) {
		checks.ofNode(
			'bad-limit',
			id,
			['retry', 'delayMs'],
			`'${id}' cannot wait ${retry.delayMs} ms before it is tried again.`,
			remove('retry'),
		);
	}
	if (timeoutMs !== undefined && !(timeoutMs >= 1 && timeoutMs <= longestTimeout)) {
		checks.ofNode(
			'bad-limit',
			id,
			['timeoutMs'],
			`The time limit of '${id}' must be 1 ms to 7 days, and not ${timeoutMs} ms.`,
			remove('timeoutMs'),
		);
	}
}

function outside(id: NodeId): { readonly fixes: readonly FlowFix[] } {
	return { fixes: [{ title: 'Take it out', ops: [{ op: 'setNode', id, key: 'in', value: null }] }] };
}

/** Who stands in whom. A node in a circle of containers, or in something that is none, counts as outside. */
export function checkNesting(checks: Checks): void {
	for (const [id, checked] of checks.nodes) {
		const name = checked.node.in;
		if (name === undefined) continue;
		const parent = checks.nodes.get(name);
		if (!parent)
			checks.ofNode(
				'bad-container',
				id,
				['in'],
				`'${id}' stands in '${name}', and there is no such node.`,
				outside(id),
			);
		else if (parent.type && parent.type.container === undefined) {
			checks.ofNode('bad-container', id, ['in'], `'${id}' stands in '${name}', which is no container.`, outside(id));
		} else checked.parent = parent;
	}
	breakCircles(checks);
}

function breakCircles(checks: Checks): void {
	const isGood = new Set<CheckedNode>();
	for (const start of checks.nodes.values()) {
		if (!start.parent) continue;
		const path = new Set<CheckedNode>();
		let up: CheckedNode | null = start;
		while (up && !isGood.has(up) && !path.has(up)) {
			path.add(up);
			up = up.parent;
		}
		if (up && path.has(up)) {
			checks.ofNode('bad-container', up.id, ['in'], `'${up.id}' stands in itself.`, outside(up.id));
			up.parent = null;
		}
		for (const node of path) isGood.add(node);
	}
}
