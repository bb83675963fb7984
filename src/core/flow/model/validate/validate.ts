import type { NodeCatalog } from '../../nodes/nodeType';
import type { Flow, FlowLimits } from '../flow';
import { limitBounds } from '../limitBounds';
import { isOfKind } from '../kinds';
import { locateProblems } from '../lineMap';
import type { FlowProblem } from '../problem';
import { Checks } from './checks';
import type { CheckedNode, ValidationWorld } from './checks';
import { checkCycles } from './cycles';
import { checkEdges } from './edges';
import { checkNesting, checkNodes } from './nodes';
import { checkReferences } from './references';

/**
 * Everything that keeps a flow from running or makes it run otherwise than was meant, errors first. Linear in nodes and
 * edges, and what did not change since the last time is not looked at again. With `text`, problems have their ranges;
 * `text` must be what `flow` was parsed from or printed to.
 */
export function validateFlow(
	flow: Flow,
	catalog: NodeCatalog,
	world: ValidationWorld,
	text?: string,
): readonly FlowProblem[] {
	const checks = new Checks(flow, catalog, world);
	checkNodes(checks);
	checkNesting(checks);
	const edges = checkEdges(checks);
	const references = checkReferences(checks);
	checkCycles(checks, [...edges, ...references]);
	for (const node of checks.nodes.values()) checkUse(checks, node);
	checkContainers(checks);
	checkLimits(checks);
	checkInputs(checks);
	checkGroups(checks);
	const problems = checks.done();
	return text === undefined ? problems : locateProblems(text, problems);
}

/** What is drawn and does nothing. */
function checkUse(
	checks: Checks,
	{ id, node, type, ports, connected, isFollowed, isCaught, parent }: CheckedNode,
): void {
	if (!type || type.isNote) return;
	if (type.isOutput && parent) {
		checks.ofNode('bad-container', id, ['in'], `'${id}' is an output of the flow and cannot stand in a container.`, {
			fixes: [{ title: 'Take it out', ops: [{ op: 'setNode', id, key: 'in', value: null }] }],
		});
	}
	const outer = ports.inputs.filter(port => !port.isInner);
	const isAlone = connected.length === 0 && !isFollowed && outer.length > 0 && !type.container;
	if (isAlone && checks.nodes.size > 1 && !outer.some(port => port.isRequired)) {
		checks.ofNode('unreachable', id, [], `Nothing leads to '${id}', and nothing comes after it.`, {
			severity: 'hint',
			isKey: true,
		});
	}
	if (node.onError === 'branch' && !isCaught && !type.isOutput) {
		checks.ofNode(
			'no-branch',
			id,
			['onError'],
			`When '${id}' fails, the run goes on by its output 'error', and nothing is connected there.`,
			{ severity: 'hint' },
		);
	}
}

function checkContainers(checks: Checks): void {
	const filled = new Set([...checks.nodes.values()].map(node => node.parent));
	for (const node of checks.nodes.values()) {
		if (node.type?.container && !filled.has(node)) {
			checks.ofNode('bad-container', node.id, [], `'${node.id}' is a container without nodes in it.`, {
				severity: 'warning',
				isKey: true,
			});
		}
	}
}

const whole: readonly (keyof FlowLimits)[] = ['maxSteps', 'maxTokens', 'concurrency'];

function checkLimits(checks: Checks): void {
	const { limits } = checks.flow;
	for (const [key, [least, most]] of Object.entries(limitBounds) as [keyof FlowLimits, readonly [number, number]][]) {
		const value = limits[key];
		if (value === undefined) continue;
		const isWhole = !whole.includes(key) || Number.isInteger(value);
		if (isWhole && value >= least && value <= most) continue;
		const near = Math.min(most, Math.max(least, whole.includes(key) ? Math.round(value) : value));
		const { [key]: _gone, ...others } = limits;
		checks.add(
			'bad-limit',
			['limits', key],
			`'${key}' must be ${whole.includes(key) ? 'a whole number ' : ''}from ${least} to ${most}, and is ${value}.`,
			{
				fixes: [
					{ title: `Change to ${near}`, ops: [{ op: 'setFlow', limits: { ...limits, [key]: near } }] },
					{ title: `Remove '${key}'`, ops: [{ op: 'setFlow', limits: others }] },
				],
			},
		);
	}
}

function checkInputs(checks: Checks): void {
	for (const [name, input] of Object.entries(checks.flow.inputs)) {
		if (input.default === undefined || input.default === null || isOfKind(input.default, input.type)) continue;
		const { default: _wrong, ...rest } = input;
		checks.add(
			'bad-input',
			['inputs', name, 'default'],
			`The default of the input '${name}' is not of its type '${input.type}'.`,
			{
				fixes: [
					{ title: 'Remove the default', ops: [{ op: 'setInput', name, input: rest }] },
					{ title: "Change the type to 'any'", ops: [{ op: 'setInput', name, input: { ...input, type: 'any' } }] },
				],
			},
		);
	}
}

function checkGroups(checks: Checks): void {
	for (const [id, group] of Object.entries(checks.flow.groups)) {
		for (const node of group.nodes) {
			if (checks.nodes.has(node)) continue;
			const nodes = group.nodes.filter(other => other !== node);
			checks.add('bad-group', ['groups', id, 'nodes'], `There is no node '${node}' for the group '${group.name}'.`, {
				severity: 'warning',
				fixes: [{ title: 'Remove it from the group', ops: [{ op: 'setGroup', id, group: { ...group, nodes } }] }],
			});
		}
	}
}
