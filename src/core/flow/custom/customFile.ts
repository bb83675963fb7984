import { hash } from 'node:crypto';
import { z } from 'zod';
import { ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import { valueKinds } from '../model/flow';
import type { Port, Ports } from '../nodes/nodeType';
import type { Sandbox } from '../sandbox/sandbox';
import { capabilityPattern } from './capabilities';

/** What a file may hold; a node is some lines of code, and a program of a megabyte is no node. */
const sourceLimit = 500_000;
const schemaLimit = 64_000;
/**
 * A file is asked what it is whenever it changes: it says so at once, or not at all. The time in all is generous, for the
 * sandbox may first have to start, on a machine that is busy.
 */
const describeLimits = { computeMs: 1_000, totalMs: 10_000, calls: 0, outputCharacters: 200_000 };

const portName = z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/u, 'a port’s name is camelCase, up to 40 letters');

const portShape = z.union([
	portName.transform(name => ({ name })),
	z.strictObject({
		name: portName,
		title: z.string().max(80).optional(),
		kind: z.enum(valueKinds).optional(),
		description: z.string().max(500).optional(),
		required: z.boolean().optional(),
		many: z.boolean().optional(),
	}),
]);

const capability = z
	.string()
	.max(260)
	.regex(capabilityPattern, 'a capability is “fetch”, “fetch:HOST”, “files” or “secret:NAME”');

const shape = z.object({
	type: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/u, 'a type is made of small letters, digits and dashes'),
	title: z.string().min(1).max(80),
	summary: z.string().max(200).default(''),
	help: z.string().max(4_000).default(''),
	icon: z
		.string()
		.regex(/^[a-z0-9-]{1,40}$/u, 'an icon is the name of a codicon')
		.default('symbol-method'),
	params: z
		.looseObject({
			type: z.literal('object'),
			properties: z.record(z.string(), z.looseObject({})).optional(),
			required: z.array(z.string()).optional(),
		})
		.refine(schema => JSON.stringify(schema).length <= schemaLimit, 'the schema is too large')
		.default({ type: 'object' }),
	ports: z
		.strictObject({
			inputs: z.array(portShape).max(40).optional(),
			outputs: z.array(portShape).min(1).max(40).optional(),
		})
		.default({}),
	capabilities: z.array(capability).max(40).default([]),
	effects: z.enum(['pure', 'reads', 'writes']).optional(),
	concurrency: z.int().min(1).max(100).optional(),
});

/** A custom node as its file describes it. */
export type CustomDescription = z.output<typeof shape>;

/** A file of `.quarterdeck/nodes`, read and understood. */
export interface CustomFile {
	/** Its path below the workspace: `.quarterdeck/nodes/word-count.js`. */
	readonly path: string;
	readonly source: string;
	/** Of the source: what the user grants is granted to exactly this. */
	readonly hash: string;
	readonly description: CustomDescription;
}

/** The hash that grants and caches are bound to. */
export function sourceHash(source: string): string {
	return hash('sha256', source);
}

/** The file's name, for traces and sentences. */
export function fileName(path: string): string {
	return path.split(/[/\\]/u).at(-1) ?? path;
}

/**
 * Asks a file what it is. It is evaluated in the sandbox, without any capability, and never imported. Rejects with a
 * sentence: `script-…` for what fails in it, `custom-shape` for what is no node.
 */
export async function describeFile(
	sandbox: Pick<Sandbox, 'run'>,
	path: string,
	source: string,
	signal: AbortSignal,
): Promise<CustomFile> {
	const file = fileName(path);
	if (source.length > sourceLimit) {
		throw new ExpectedError('custom-shape', `${file} is larger than ${sourceLimit / 1000} KB.`);
	}
	const said = await sandbox.run({ kind: 'describe', file, source }, { signal, limits: describeLimits });
	return { path, source, hash: sourceHash(source), description: checkDescription(file, said) };
}

function checkDescription(file: string, said: Json | undefined): CustomDescription {
	const { success, data, error } = shape.safeParse(said);
	if (!success) {
		const { path, message } = error.issues[0] ?? { path: [], message: 'it is none' };
		const place = path.length === 0 ? '' : ` “${path.join('.')}”:`;
		throw new ExpectedError('custom-shape', `${file} does not describe a node:${place} ${message}.`);
	}
	checkSchema(file, data.params);
	const { inputs, outputs } = portsOf(data);
	for (const side of [inputs, outputs]) {
		const twice = side.find((port, at) => side.findIndex(other => other.name === port.name) !== at);
		if (twice) throw new ExpectedError('custom-shape', `${file} has the port “${twice.name}” twice on one side.`);
	}
	return data;
}

/** A schema that cannot be used is told when the file is read, not when the node runs. */
function checkSchema(file: string, schema: Readonly<Record<string, unknown>>): void {
	try {
		paramsOf(schema);
	} catch (cause) {
		throw new ExpectedError('custom-shape', `${file}: “params” is not a JSON schema that can be used.`, { cause });
	}
}

/**
 * The parameters' check. Regular expressions of a file are left out: one that was made to take for ever would hold up
 * the host, and the node can check texts itself.
 */
export function paramsOf(schema: Readonly<Record<string, unknown>>): z.ZodType<Readonly<Record<string, Json>>> {
	const safe: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
		(key === 'pattern' && typeof value === 'string') || key === 'patternProperties' ? undefined : value,
	);
	return z.fromJSONSchema(safe as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodType<Readonly<Record<string, Json>>>;
}

/** The node's ports; a file that names none has one on each side. */
export function portsOf({ ports }: Pick<CustomDescription, 'ports'>): Ports {
	return {
		inputs: (ports.inputs ?? [{ name: 'input' }]).map(toPort),
		outputs: (ports.outputs ?? [{ name: 'output' }]).map(toPort),
	};
}

function toPort(given: z.output<typeof portShape>): Port {
	const port = { kind: 'any' as const, title: titleOf(given.name), ...given };
	const { name, title, kind } = port;
	return {
		name,
		title: title ?? titleOf(name),
		kind: kind ?? 'any',
		...('description' in port && port.description !== undefined && { description: port.description }),
		...('required' in port && port.required === true && { isRequired: true }),
		...('many' in port && port.many === true && { isMany: true }),
	};
}

/** `wordCount` as `Word count`. */
function titleOf(name: string): string {
	const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, ' ').toLowerCase();
	return words.charAt(0).toUpperCase() + words.slice(1);
}
