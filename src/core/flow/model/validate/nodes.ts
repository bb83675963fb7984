import type { Json } from '../../../base/json';
import type { NodeCatalog, NodeType, Ports } from '../../nodes/nodeType';
import { sameJson } from '../apply';
import type { FlowNode, NodeId } from '../flow';
import { nearest, nearestOf } from '../nearest';
import type { FlowOp } from '../ops';
import type { FlowFix, FlowProblem } from '../problem';
import { quoted } from './checks';
import type { CheckedNode, Checks } from './checks';
import { checkParams, secretsOf } from './params';

const noPorts: Ports = { inputs: [], outputs: [] };

/** Every node by itself: its type, its parameters, its settings. */
export function checkNodes(checks: Checks): void {
	const names = new TypeNames(checks.catalog);
	for (const id of Object.keys(checks.flow.nodes)) {
		const node = checks.flow.nodes[id]!;
		const type = typeOf(checks, names, id, node);
		const params = type ? newestParams(node, type) : {};
		const ports = type ? portsOf(checks, type, params) : noPorts;
		const isOpen = typeof type?.ports === 'function';
		checks.nodes.set(id, {
			id,
			node,
			type,
			ports,
			isOpen,
			parent: null,
			connected: new Set(),
			isFollowed: false,
			isCaught: false,
		});
		if (type) {
			for (const problem of paramProblems(id, node, type, params)) checks.take(problem);
			checkSecrets(checks, id, node, type);
		}
		checkSettings(checks, id, node);
	}
}

/** Names are compared with all others once a name, not once a node. */
class TypeNames {
	private names: readonly string[] | undefined;
	private readonly near = new Map<string, readonly string[]>();

	constructor(private readonly catalog: NodeCatalog) {}

	like(name: string): readonly string[] {
		let found = this.near.get(name);
		if (!found) {
			this.names ??= this.catalog.list().map(type => type.type);
			this.near.set(name, (found = nearestOf(name, this.names, 3)));
		}
		return found;
	}
}

function split(type: string): { readonly name: string; readonly version: string | undefined } {
	const at = type.lastIndexOf('@');
	return at < 0 ? { name: type, version: undefined } : { name: type.slice(0, at), version: type.slice(at + 1) };
}

/** The type that checks a node; of another version than the node's only when that can be lifted. */
function typeOf(checks: Checks, names: TypeNames, id: NodeId, node: FlowNode): NodeType | undefined {
	const { name, version } = split(node.type);
	const type = checks.catalog.find(node.type) ?? checks.catalog.find(name);
	if (!type) {
		const near = names.like(name);
		const ending =
			near.length === 0
				? 'It may come from a newer version, or from a file of this workspace that is missing.'
				: `Did you mean ${quoted(near)}?`;
		const fixes = near.flatMap((other): FlowFix[] => {
			const found = checks.catalog.find(other);
			return found ? [setType(id, found)] : [];
		});
		checks.ofNode('unknown-type', id, ['type'], `There is no node type '${name}'. ${ending}`, { fixes });
		return undefined;
	}
	const number = Number(version);
	if (version === undefined || !Number.isInteger(number) || number < 1) {
		const message = `'${id}' does not say which version of '${name}' it means: '${name}@${type.version}'.`;
		checks.ofNode('unknown-version', id, ['type'], message, { severity: 'warning', fixes: [setType(id, type)] });
		return type;
	}
	if (number > type.version) {
		const message = `'${node.type}' was made by a newer version; this one knows '${type.type}@${type.version}'. Update the extension to run it.`;
		checks.ofNode('unknown-version', id, ['type'], message);
		return undefined;
	}
	if (number < type.version) {
		const message = `'${id}' has the form of version ${number} of '${type.title}', which is read as version ${type.version}.`;
		checks.ofNode('old-version', id, ['type'], message, { severity: 'hint', fixes: [lift(id, node, type)] });
	}
	return type;
}

function setType(id: NodeId, type: NodeType): FlowFix {
	const value = `${type.type}@${type.version}`;
	return { title: `Change the type to '${value}'`, ops: [{ op: 'setNode', id, key: 'type', value }] };
}

function lift(id: NodeId, node: FlowNode, type: NodeType): FlowFix {
	const [before, after] = [node.params ?? {}, newestParams(node, type)];
	const ops: FlowOp[] = [...setType(id, type).ops];
	for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
		const value = after[name] ?? null;
		if (!sameJson(before[name] ?? null, value)) ops.push({ op: 'setParam', id, name, value });
	}
	return { title: `Write it as version ${type.version}`, ops };
}

/** Parameters in the form of the type's own version. */
function newestParams(node: FlowNode, type: NodeType): Readonly<Record<string, Json>> {
	const params = node.params ?? {};
	const version = Number(split(node.type).version ?? type.version);
	if (!type.migrate || !(version < type.version)) return params;
	try {
		return type.migrate(params, version);
	} catch {
		// Parameters of a kind that no version had: the checks of the schema say what is wrong with them.
		return params;
	}
}

function portsOf({ world }: Checks, type: NodeType, params: Readonly<Record<string, Json>>): Ports {
	if (typeof type.ports !== 'function') return type.ports;
	try {
		return type.ports(params, world);
	} catch {
		// A type promises not to throw; one from a file of the workspace may do so all the same.
		return noPorts;
	}
}

interface Known {
	readonly id: NodeId;
	readonly type: NodeType;
	readonly problems: readonly FlowProblem[];
}

const known = new WeakMap<FlowNode, Known>();

/** Nodes are values: one that did not change since the last time is not checked again. */
function paramProblems(
	id: NodeId,
	node: FlowNode,
	type: NodeType,
	params: Readonly<Record<string, Json>>,
): readonly FlowProblem[] {
	const before = known.get(node);
	if (before?.id === id && before.type === type) return before.problems;
	const problems = checkParams(id, type, params, params !== (node.params ?? params));
	known.set(node, { id, type, problems });
	return problems;
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
