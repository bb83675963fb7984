import type { Flow } from '../model/flow';
import type { NodeSource } from '../custom/customNodes';
import { Reporter, type InteropReport } from './report';

export interface ProgramParts {
	readonly flow: Flow;
	/** Sub-flows by the paths that nodes name. */
	readonly flows: Readonly<Record<string, Flow>>;
	/** Custom nodes that it uses. */
	readonly nodes: readonly NodeSource[];
	/** Where the engine is imported from: `quarterdeck/engine`, or a path. */
	readonly engine: string;
	readonly version: string;
}

export interface ProgramExport {
	readonly fileName: string;
	readonly text: string;
	readonly report: InteropReport;
}

/** `pr-review` as `PrReviewFlow`. */
export function className(id: string): string {
	const words = id.split(/[^A-Za-z0-9]+/u).filter(word => word !== '');
	const name = words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('');
	return name.endsWith('Flow') ? name : `${name}Flow`;
}

/** A program of its own that runs the flow on the same engine, behind the same gate. It has no parts that are built. */
export function exportTypeScript({ flow, flows, nodes, engine, version }: ProgramParts): ProgramExport {
	const reporter = new Reporter('TypeScript');
	const name = className(flow.id);
	for (const [id, node] of Object.entries(flow.nodes)) reporter.add('translated', `“${node.name ?? id}”.`, id);
	const fileName = `${flow.id}.mts`;
	const inputs = Object.entries(flow.inputs).map(([input, { type, default: value, description }]) => {
		const about =
			description === undefined ? '' : `\t/** ${description.replaceAll('*/', '* /').replaceAll(/\s+/gu, ' ')} */\n`;
		return `${about}\treadonly ${JSON.stringify(input)}${value === undefined ? '' : '?'}: ${types[type] ?? 'Json'};`;
	});
	const first = Object.keys(flow.inputs)[0] ?? 'name';
	const text = `// ${flow.name.replaceAll(/\s+/gu, ' ')}: made by Quarterdeck ${version} from a flow. Node 22.18 or newer runs it as it is:
//   node ${fileName}${Object.keys(flow.inputs).length === 0 ? '' : ` --input ${first}=VALUE`}
// Calls that take a person's word are refused unless you allow them: \`new ${name}({ yesTo: 'yellow' })\`, or --yes-to yellow.
import { FlowProgram, type Json, type ProgramOptions } from ${JSON.stringify(engine)};

${inputs.length === 0 ? `export type ${name}Inputs = Readonly<Record<string, never>>;` : `export interface ${name}Inputs {\n${inputs.join('\n')}\n}`}

const parts = ${embedded({ flow, flows, nodes })};

/**
 * \`execute\` runs the flow once, \`executeWithCallback\` tells each event, \`executeBatch\` runs it for many inputs,
 * \`validate\` says what is wrong with it, \`logs\` and \`stats\` what it has done. Call \`dispose\` at the end.
 */
export class ${name} extends FlowProgram<${name}Inputs> {
	constructor(options: ProgramOptions = {}) {
		super(parts, options);
	}
}

export type { Json };

if (process.argv[1] === import.meta.filename) await new ${name}().main();
`;
	return { fileName, text, report: reporter.report };
}

const types: Readonly<Record<string, string>> = {
	text: 'string',
	number: 'number',
	boolean: 'boolean',
	file: 'string',
	list: 'readonly Json[]',
	object: '{ readonly [key: string]: Json }',
};

/** JSON is JavaScript; what is neither in a script of an HTML page is not written either. */
function embedded(value: unknown): string {
	return JSON.stringify(value, null, '\t')
		.replaceAll('\u2028', String.raw`\u2028`)
		.replaceAll('\u2029', String.raw`\u2029`);
}
