import { ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import type { NodeContext } from '../nodes/context';
import type { Effects, NodeType, PortValues } from '../nodes/nodeType';
import { isRecord } from '../nodes/support';
import type { Sandbox } from '../sandbox/sandbox';
import { fileName, paramsOf, portsOf, type CustomDescription, type CustomFile } from './customFile';
import { reachOf } from './reach';

/** What the user allowed files to reach. Kept outside of the workspace, so that a repository cannot grant itself. */
export interface CapabilityGrants {
	/** Of exactly this source. */
	granted(hash: string): readonly string[];
}

export interface CustomNodeDeps {
	readonly sandbox: Pick<Sandbox, 'run'>;
	readonly grants: CapabilityGrants;
}

/** The name a document uses: no file can take the name of a built-in node. */
export function customType(description: Pick<CustomDescription, 'type'>): string {
	return `custom.${description.type}`;
}

/** Capabilities that a file declares and the user has not granted. */
export function missingGrants({ hash, description }: CustomFile, grants: CapabilityGrants): readonly string[] {
	const granted = new Set(grants.granted(hash));
	return description.capabilities.filter(name => !granted.has(name));
}

/** A file as a node type. Its code runs in the sandbox, once for each run of the node. */
export function customNode(file: CustomFile, deps: CustomNodeDeps): NodeType<Readonly<Record<string, Json>>> {
	const { description } = file;
	const { title, help, icon, capabilities, concurrency } = description;
	return {
		type: customType(description),
		version: 1,
		revision: file.hash,
		title,
		category: 'Custom',
		icon,
		summary: description.summary || (help.split(/(?<=[.!?])\s/u)[0] ?? ''),
		help: help || `${title}, from \`${file.path}\`.`,
		params: paramsOf(description.params),
		ports: portsOf(description),
		effects: description.effects ?? effectsOf(capabilities),
		...(concurrency === undefined ? {} : { concurrency }),
		run: (inputs, params, context) => runCustom(file, deps, inputs, params, context),
	};
}

/** A file that says nothing about it is believed no more than what it may reach. */
function effectsOf(capabilities: readonly string[]): Effects {
	if (capabilities.some(name => name.startsWith('fetch'))) return 'writes';
	return capabilities.length > 0 ? 'reads' : 'pure';
}

async function runCustom(
	file: CustomFile,
	{ sandbox, grants }: CustomNodeDeps,
	inputs: PortValues,
	params: Readonly<Record<string, Json>>,
	context: NodeContext,
): Promise<PortValues> {
	const missing = missingGrants(file, grants);
	if (missing.length > 0) {
		throw new ExpectedError(
			'custom-not-granted',
			`“${file.description.title}” asks for ${missing.map(name => `“${name}”`).join(', ')}, which you have not granted to this version of ${fileName(file.path)}.`,
			{ details: { path: file.path, hash: file.hash, missing } },
		);
	}
	const given = Object.fromEntries(
		Object.entries(inputs).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
	);
	const result = await sandbox.run(
		{
			kind: 'node',
			file: fileName(file.path),
			source: file.source,
			inputs: given,
			params,
			context: { node: context.node, attempt: context.attempt, idempotencyKey: context.idempotencyKey },
		},
		{
			signal: context.signal,
			capabilities: reachOf(file.description.capabilities, context),
			onLog: text => context.log(text),
		},
	);
	return outputsOf(file.description, result);
}

/**
 * What `run` gave, by port. A file that names its outputs returns an object of them; what it leaves out is a branch that
 * is not taken. One that names none returns the value itself.
 */
export function outputsOf(description: CustomDescription, result: Json | undefined): PortValues {
	if (description.ports.outputs === undefined) return result === undefined ? {} : { output: result };
	const names = portsOf(description).outputs.map(port => port.name);
	const listed = names.map(name => `“${name}”`).join(', ');
	if (!isRecord(result)) {
		throw new ExpectedError('custom-shape', `The node’s “run” must return an object of its outputs: ${listed}.`);
	}
	const stranger = Object.keys(result).find(name => !names.includes(name));
	if (stranger !== undefined) {
		throw new ExpectedError(
			'custom-shape',
			`The node returned “${stranger}”, which is none of its outputs: ${listed}.`,
		);
	}
	return result;
}
