import { getLocation } from 'jsonc-parser';
import type { Flow } from '../model/flow';
import type { checkKinds } from './dataset';
import { outputsOf } from './checkDataset';

/** One word that may stand in a row. */
export interface RowCompletion {
	readonly label: string;
	readonly detail: string;
	/** What stands there afterwards, quotes included; `$0` is where the cursor goes. */
	readonly insert: string;
	/** Where in the line the replaced part begins, and how long it is. */
	readonly from: number;
	readonly length: number;
}

type Words = Readonly<Record<string, { readonly detail: string; readonly value: string }>>;

const rowWords: Words = {
	name: { detail: 'What the test is called', value: '"$0"' },
	inputs: { detail: 'What the flow is given', value: '{$0}' },
	mocks: { detail: 'What nodes give instead of running, by node and port', value: '{$0}' },
	assertions: { detail: 'What must hold for the outputs', value: '[{$0}]' },
	fails: { detail: 'The run must fail: true, or a text of its error', value: 'true$0' },
	skip: { detail: 'It is not run', value: 'true$0' },
};

const kinds: Readonly<Record<(typeof checkKinds)[number], Words[string]>> = {
	equals: { detail: 'The same value', value: '"$0"' },
	contains: { detail: 'A text holds a text, a list an entry, an object these keys', value: '"$0"' },
	regex: { detail: 'A text fits a regular expression', value: '"$0"' },
	schema: { detail: 'It fits a JSON schema', value: '{$0}' },
	within: { detail: 'A number at most delta away', value: '{"value": $0, "delta": 0}' },
	judge: { detail: 'A model judges it by criteria, 0 to 1 points', value: '{"criteria": "$0", "atLeast": 0.7}' },
	baseline: { detail: 'What was accepted last', value: 'true$0' },
};

const assertionWords: Words = {
	output: { detail: 'An output of the flow', value: '"$0"' },
	path: { detail: 'A part of the output: summary.files[0].name', value: '"$0"' },
	not: { detail: 'It must not be so', value: 'true$0' },
	...kinds,
};

/** What may stand at a place of a row. `flow` is the one that is tested, where it can be read. */
export function completeRow(line: string, at: number, flow: Flow | undefined): readonly RowCompletion[] {
	const { path, isAtPropertyKey, previousNode } = getLocation(line, at);
	const isInside = previousNode && previousNode.offset <= at && at <= previousNode.offset + previousNode.length;
	const from = isInside ? previousNode.offset : at;
	const length = isInside ? previousNode.length : 0;
	const words = isAtPropertyKey ? keysAt(path.slice(0, -1), flow) : valuesAt(path, flow);
	const hasValue = isAtPropertyKey && /^\s*:/.test(line.slice(from + length));
	return Object.entries(words).map(([label, { detail, value }]) => {
		const insert = isAtPropertyKey && !hasValue ? `${JSON.stringify(label)}: ${value}` : JSON.stringify(label);
		return { label, detail, insert, from, length };
	});
}

function keysAt(path: readonly (string | number)[], flow: Flow | undefined): Words {
	const [first, second] = path;
	if (path.length === 0) return rowWords;
	if (first === 'assertions' && path.length === 2) return assertionWords;
	if (!flow) return {};
	if (first === 'inputs' && path.length === 1)
		return Object.fromEntries(
			Object.entries(flow.inputs).map(([name, { type, description }]) => [
				name,
				{ detail: description ?? type, value: type === 'text' ? '"$0"' : '$0' },
			]),
		);
	if (first === 'mocks' && path.length === 1)
		return Object.fromEntries(
			Object.entries(flow.nodes).map(([id, { type, name }]) => [id, { detail: name ?? type, value: '{$0}' }]),
		);
	if (first !== 'mocks' || path.length !== 2) return {};
	const ports = flow.edges.flatMap(edge => (edge.from === second ? [edge.output] : []));
	return Object.fromEntries(ports.map(port => [port, { detail: `Of ${String(second)}`, value: '$0' }]));
}

function valuesAt(path: readonly (string | number)[], flow: Flow | undefined): Words {
	if (!flow || path.length !== 3 || path[0] !== 'assertions' || path[2] !== 'output') return {};
	return Object.fromEntries(outputsOf(flow).map(name => [name, { detail: 'Output of the flow', value: '' }]));
}
