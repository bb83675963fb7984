import { groupColours } from '../../../core/flow/model/flow';
import type { FlowFragment } from '../../../core/flow/editorProtocol';
import { isSlug } from '../../../core/flow/model/slugs';

type Check = (value: unknown) => boolean;
type RecordOf = Readonly<Record<string, unknown>>;

// By hand: a checker's library would weigh more than all gestures together, and the host's model checks once more.
const isText: Check = value => typeof value === 'string';
const isId: Check = value => typeof value === 'string' && isSlug(value);
const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value);
const maybe =
	(check: Check): Check =>
	value =>
		value === undefined || check(value);
const listOf =
	(check: Check): Check =>
	value =>
		Array.isArray(value) && value.every(check);
const isRecord = (value: unknown): value is RecordOf =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const shape =
	(keys: Readonly<Record<string, Check>>): Check =>
	value =>
		isRecord(value) && Object.entries(keys).every(([key, check]) => check(value[key]));
const mapOf =
	(check: Check): Check =>
	value =>
		isRecord(value) && Object.entries(value).every(([key, each]) => isSlug(key) && check(each));

const colours: ReadonlySet<unknown> = new Set(groupColours);
const isFragment = shape({
	nodes: mapOf(
		shape({
			type: isText,
			name: maybe(isText),
			params: maybe(isRecord),
			in: maybe(isId),
			note: maybe(isText),
		}),
	),
	edges: listOf(shape({ from: isId, output: isId, to: isId, input: isId })),
	groups: mapOf(shape({ name: isText, nodes: listOf(isId), color: maybe(value => colours.has(value)) })),
	layout: mapOf(shape({ x: isNumber, y: isNumber, width: maybe(isNumber), height: maybe(isNumber) })),
});

/** Whether it says that it was copied from a flow of ours. */
export function isOfFlow(value: object): boolean {
	return 'quarterdeck' in value && value.quarterdeck === 'flow';
}

/** Nodes of the clipboard, which may hold anything; `null` for what is no fragment. */
export function readFragment(value: unknown): FlowFragment | null {
	return isFragment(value) ? (value as FlowFragment) : null;
}
