import { errorText } from '../../base/errors';
import type { Json } from '../../base/json';
import type { JsonPath } from '../model/problem';
import { isRecord } from '../nodes/support';
import { checkKeys, type RowComplaint } from './complaint';
import { checkKinds, type Assertion, type Check } from './dataset';

type Written = Readonly<Record<string, Json>>;
type Kind = Check['kind'];

const assertionKeys = ['output', 'path', 'not', ...checkKinds];
const defaultPoints = 0.7;

/** Reads `[{"output": "result", "contains": "…"}, …]`; what is wrong is complained of and left out. */
export function readAssertions(written: Json | undefined, complain: RowComplaint): readonly Assertion[] {
	if (written === undefined) return [];
	if (!Array.isArray(written)) {
		complain(['assertions'], '"assertions" is a list: [{"output": "result", "equals": "…"}].');
		return [];
	}
	return (written as readonly Json[]).flatMap((entry, at) => readAssertion(entry, ['assertions', at], complain) ?? []);
}

function readAssertion(entry: Json, path: JsonPath, complain: RowComplaint): Assertion | undefined {
	if (!isRecord(entry)) {
		complain(path, 'An assertion is an object: {"output": "result", "equals": "…"}.');
		return undefined;
	}
	checkKeys(entry, assertionKeys, path, complain);
	const { output = null, path: inside = '', not = false } = entry;
	if (output !== null && typeof output !== 'string')
		complain([...path, 'output'], '"output" is the name of an output of the flow.');
	if (typeof inside !== 'string') complain([...path, 'path'], '"path" is a text: "summary.files[0].name".');
	if (typeof not !== 'boolean') complain([...path, 'not'], '"not" is true or false.');
	const kinds = checkKinds.filter(kind => Object.hasOwn(entry, kind));
	const [kind, second] = kinds;
	if (kind === undefined || second !== undefined) {
		const message = second === undefined ? 'An assertion says one of' : 'An assertion says only one of';
		complain(second === undefined ? path : [...path, second], `${message} ${checkKinds.join(', ')}.`, {
			isKey: second !== undefined,
		});
		return undefined;
	}
	const check = readers[kind](entry[kind]!, message => complain([...path, kind], message));
	if (!check || typeof inside !== 'string' || (output !== null && typeof output !== 'string')) return undefined;
	return { output, path: inside, isNot: not === true, check };
}

const readers: { readonly [K in Kind]: (value: Json, complain: (message: string) => void) => Check | undefined } = {
	equals: value => ({ kind: 'equals', value }),
	contains: value => ({ kind: 'contains', value }),
	regex(value, complain) {
		const { pattern, flags = '' } = isRecord(value) ? (value as Written) : { pattern: value };
		if (typeof pattern !== 'string' || typeof flags !== 'string') {
			complain('"regex" is a text, or {"pattern": "…", "flags": "i"}.');
			return undefined;
		}
		try {
			// Only read here. It runs where it can be ended: in the sandbox.
			void new RegExp(pattern, flags);
		} catch (error) {
			complain(`This is no regular expression: ${errorText(error)}`);
			return undefined;
		}
		return { kind: 'regex', pattern, flags };
	},
	schema(value, complain) {
		if (!isRecord(value)) {
			complain('"schema" is a JSON schema: {"type": "object", "required": ["title"]}.');
			return undefined;
		}
		const keyword = runningKeyword(value);
		if (keyword !== undefined) {
			complain(`A schema of a test has no "${keyword}": a "regex" assertion with a "path" checks a text.`);
			return undefined;
		}
		return { kind: 'schema', schema: value };
	},
	within(value, complain) {
		const { value: wanted, delta } = isRecord(value) ? (value as Written) : {};
		if (typeof wanted !== 'number' || typeof delta !== 'number' || delta < 0) {
			complain('"within" is {"value": 10, "delta": 0.5}.');
			return undefined;
		}
		return { kind: 'within', value: wanted, delta };
	},
	judge(value, complain) {
		const {
			criteria,
			model = '',
			atLeast = defaultPoints,
		} = isRecord(value) ? (value as Written) : { criteria: value };
		const isWhole = typeof criteria === 'string' && criteria.trim() !== '' && typeof model === 'string';
		if (!isWhole || typeof atLeast !== 'number' || atLeast < 0 || atLeast > 1) {
			complain(
				'"judge" is {"criteria": "It names the file", "model": "provider/model", "atLeast": 0.7}; 1 is all points.',
			);
			return undefined;
		}
		return { kind: 'judge', criteria, model, atLeast };
	},
	baseline(value, complain) {
		if (value === true) return { kind: 'baseline' };
		complain('"baseline" is true: the output must be the one that was accepted last.');
		return undefined;
	},
};

const maps = ['properties', '$defs', 'definitions', 'dependentSchemas'];
const texts = ['pattern', 'patternProperties'];

/** A keyword by which a schema brings regular expressions, which this program would run itself. */
function runningKeyword(schema: Json): string | undefined {
	if (Array.isArray(schema)) return firstOf(schema as readonly Json[]);
	if (!isRecord(schema)) return undefined;
	for (const [key, value] of Object.entries(schema)) {
		if (texts.includes(key)) return key;
		if (['const', 'enum', 'default', 'examples'].includes(key)) continue;
		const found = maps.includes(key) && isRecord(value) ? firstOf(Object.values(value)) : runningKeyword(value);
		if (found !== undefined) return found;
	}
	return undefined;
}

function firstOf(schemas: readonly Json[]): string | undefined {
	for (const schema of schemas) {
		const found = runningKeyword(schema);
		if (found !== undefined) return found;
	}
	return undefined;
}
