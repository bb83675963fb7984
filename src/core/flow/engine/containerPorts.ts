import type { Port, Ports } from '../nodes/nodeType';

/**
 * The ports that the engine knows of each container, by name. Node types use these; they may add titles, not ports.
 *
 * - `map`: `items` in; each pass sees `item`, `index` and `count`, and its `result` is collected in the order of the
 *   items. Parameters: `concurrency` (passes at once), `onItemError` (`stop`, `skip` or `null`).
 * - `forEach`: the same one after another; a pass sees the `result` of the one before as `previous`.
 * - `while`: `value` goes into the first pass; `next` of a pass is the `value` of the following one. It goes on while the
 *   parameter `condition` (an expression over `value` and `index`, evaluated before each pass) is true, at most
 *   `maxIterations` times. A pass that gives no `next` is the last.
 * - `try`: what fails inside comes out of `error` as `{ message, code, node }`, and `result` is then not taken.
 * - `race`: the first edge into `result` wins, and everything else inside is stopped. It fails when all have failed.
 */
export const containerPorts = {
	map: {
		inputs: [port('items', 'Items', 'list', true), inner(port('result', 'Result', 'any'))],
		outputs: [
			port('results', 'Results', 'list'),
			port('errors', 'Errors', 'list'),
			inner(port('item', 'Item', 'any')),
			inner(port('index', 'Index', 'number')),
			inner(port('count', 'Count', 'number')),
		],
	},
	forEach: {
		inputs: [port('items', 'Items', 'list', true), inner(port('result', 'Result', 'any'))],
		outputs: [
			port('results', 'Results', 'list'),
			port('last', 'Last result', 'any'),
			port('errors', 'Errors', 'list'),
			inner(port('item', 'Item', 'any')),
			inner(port('index', 'Index', 'number')),
			inner(port('count', 'Count', 'number')),
			inner(port('previous', 'Previous result', 'any')),
		],
	},
	while: {
		inputs: [port('value', 'First value', 'any'), inner(port('next', 'Next value', 'any'))],
		outputs: [
			port('value', 'Last value', 'any'),
			port('count', 'Passes', 'number'),
			inner(port('value', 'Value', 'any')),
			inner(port('index', 'Index', 'number')),
		],
	},
	try: {
		inputs: [port('input', 'Input', 'any'), inner(port('result', 'Result', 'any'))],
		outputs: [port('result', 'Result', 'any'), port('error', 'Error', 'object'), inner(port('input', 'Input', 'any'))],
	},
	race: {
		inputs: [port('input', 'Input', 'any'), inner(port('result', 'Result', 'any'))],
		outputs: [
			port('result', 'First result', 'any'),
			port('winner', 'Winner', 'text'),
			inner(port('input', 'Input', 'any')),
		],
	},
} satisfies Record<string, Ports>;

function port(name: string, title: string, kind: Port['kind'], isRequired = false): Port {
	return isRequired ? { name, title, kind, isRequired } : { name, title, kind };
}

function inner(of: Port): Port {
	return { ...of, isInner: true };
}
