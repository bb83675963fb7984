import { isDeepStrictEqual } from 'node:util';
import { errorText } from '../../base/errors';
import type { Json } from '../../base/json';
import { isRecord, kindOf } from '../nodes/support';
import { schemaProblem } from '../nodes/types/schema';
import type { Assertion, Check } from './dataset';
import { inOrder } from './inOrder';

type Outputs = Readonly<Record<string, Json>>;

/** What a row found wrong. */
export interface RowFailure {
	readonly message: string;
	/** Both as text, where they can be laid side by side. */
	readonly expected?: string;
	readonly actual?: string;
	/** It could not be found out: a judge did not answer, a pattern took too long. */
	readonly isError?: true;
}

/** What a model says of a value. */
export interface Verdict {
	/** 0 to 1. */
	readonly points: number;
	readonly reason: string;
}

/** What assertions need beside the outputs. */
export interface AssertionPorts {
	/** Runs JavaScript in the sandbox; patterns of users run nowhere else. */
	readonly script: (source: string, values: Outputs, signal: AbortSignal) => Promise<Json>;
	readonly judge: (check: Extract<Check, { kind: 'judge' }>, value: Json, signal: AbortSignal) => Promise<Verdict>;
	/** Outputs that were accepted last. */
	readonly accepted: Outputs | undefined;
	readonly signal: AbortSignal;
}

/** What of the assertions does not hold. */
export async function failuresOf(
	assertions: readonly Assertion[],
	outputs: Outputs,
	ports: AssertionPorts,
): Promise<readonly RowFailure[]> {
	if (assertions.length === 0) return baselineFailures(outputs, ports.accepted);
	const found = await Promise.all(assertions.map(assertion => failureOf(assertion, outputs, ports)));
	return found.flatMap(failure => failure ?? []);
}

/** A row that asserts nothing gives what was accepted last, if anything was. */
function baselineFailures(outputs: Outputs, accepted: Outputs | undefined): readonly RowFailure[] {
	if (!accepted || isDeepStrictEqual(outputs, accepted)) return [];
	return [{ message: 'The outputs are not those that were accepted.', ...sides(accepted, outputs) }];
}

async function failureOf(
	assertion: Assertion,
	outputs: Outputs,
	ports: AssertionPorts,
): Promise<RowFailure | undefined> {
	const name = assertion.output ?? Object.keys(outputs)[0] ?? '';
	const what = `'${name}'${assertion.path === '' ? '' : ` at ${assertion.path}`}`;
	const whole = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
	const value = whole === undefined ? undefined : inside(whole, assertion.path);
	if (value === undefined) {
		if (assertion.isNot) return undefined;
		const message = whole === undefined ? `Nothing came out at '${name}'.` : `${what} does not exist.`;
		return { message, ...(whole === undefined ? {} : { actual: shown(whole) }) };
	}
	try {
		const failure = await held(assertion.check, value, { ...ports, name, path: assertion.path });
		if (!assertion.isNot) return failure && { ...failure, message: `${what} ${failure.message}` };
		if (failure) return failure.isError ? failure : undefined;
		return { message: `${what} is not to be so: ${about(assertion.check)}.`, actual: shown(value) };
	} catch (error) {
		return { message: `${what} could not be checked: ${errorText(error)}`, isError: true };
	}
}

interface CheckPorts extends AssertionPorts {
	readonly name: string;
	readonly path: string;
}

/** What does not hold, as the end of a sentence that begins with the output. */
async function held(check: Check, value: Json, ports: CheckPorts): Promise<RowFailure | undefined> {
	switch (check.kind) {
		case 'equals':
			return isDeepStrictEqual(value, check.value)
				? undefined
				: { message: 'is another value.', ...sides(check.value, value) };
		case 'contains':
			if (contains(value, check.value)) return undefined;
			return { message: `does not contain ${short(check.value)}.`, ...sides(check.value, value) };
		case 'regex':
			return (await fits(check, value, ports))
				? undefined
				: { message: `does not fit ${about(check)}.`, actual: shown(value) };
		case 'schema': {
			const problem = schemaProblem(check.schema, value);
			return problem === undefined
				? undefined
				: { message: `does not fit the schema: ${problem}`, actual: shown(value) };
		}
		case 'within': {
			const isNear = typeof value === 'number' && Math.abs(value - check.value) <= check.delta;
			return isNear ? undefined : { message: `is not within ${about(check)}.`, ...sides(check.value, value) };
		}
		case 'judge': {
			const { points, reason } = await ports.judge(check, value, ports.signal);
			if (points >= check.atLeast) return undefined;
			return { message: `got ${points} of the ${check.atLeast} points it needs: ${reason}`, actual: shown(value) };
		}
		case 'baseline':
			return baselineFailure(value, ports);
		default:
			return undefined;
	}
}

function baselineFailure(value: Json, { accepted: all = {}, name, path }: CheckPorts): RowFailure | undefined {
	const accepted = Object.hasOwn(all, name) ? inside(all[name]!, path) : undefined;
	if (accepted === undefined)
		return { message: 'has not been accepted yet: use Accept as Baseline.', actual: shown(value) };
	if (isDeepStrictEqual(accepted, value)) return undefined;
	return { message: 'is not what was accepted.', ...sides(accepted, value) };
}

const testScript = 'return new RegExp(pattern, flags).test(text);';

async function fits(
	{ pattern, flags }: Extract<Check, { kind: 'regex' }>,
	value: Json,
	{ script, signal }: AssertionPorts,
): Promise<boolean> {
	return (await script(testScript, { pattern, flags, text: shown(value) }, signal)) === true;
}

function contains(value: Json, part: Json): boolean {
	if (typeof value === 'string') return typeof part === 'string' ? value.includes(part) : value.includes(shown(part));
	if (Array.isArray(value)) return (value as readonly Json[]).some(entry => isDeepStrictEqual(entry, part));
	if (!isRecord(value) || !isRecord(part)) return isDeepStrictEqual(value, part);
	return Object.entries(part).every(([key, wanted]) => {
		const found = Object.hasOwn(value, key) ? value[key] : undefined;
		if (found === undefined) return false;
		return isRecord(wanted) && isRecord(found) ? contains(found, wanted) : isDeepStrictEqual(found, wanted);
	});
}

/** The value at `summary.files[0].name`; `undefined` when there is none. */
function inside(value: Json, path: string): Json | undefined {
	let at: Json | undefined = value;
	for (const step of path.match(/[^.[\]]+/g) ?? []) {
		if (Array.isArray(at)) at = (at as readonly Json[])[Number(step)];
		else at = isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
	}
	return at;
}

function about(check: Check): string {
	switch (check.kind) {
		case 'equals':
			return `equal to ${short(check.value)}`;
		case 'contains':
			return `containing ${short(check.value)}`;
		case 'regex':
			return `/${check.pattern}/${check.flags}`;
		case 'within':
			return `${check.value} ± ${check.delta}`;
		case 'judge':
			return check.criteria;
		case 'schema':
			return 'fitting the schema';
		default:
			return 'what was accepted';
	}
}

function sides(expected: Json, actual: Json): Pick<RowFailure, 'expected' | 'actual'> {
	return { expected: shown(expected), actual: shown(actual) };
}

/** A text as it is; everything else as JSON with its keys in one order, so that a diff shows what differs. */
export function shown(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(inOrder(value), null, 2);
}

const shortLength = 100;

function short(value: Json): string {
	const text = JSON.stringify(value);
	return text.length > shortLength ? `${kindOf(value)} ${text.slice(0, shortLength)}…` : text;
}
