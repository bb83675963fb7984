import { parseArgs, type ParseArgsConfig } from 'node:util';
import { errorText } from '../core/base/errors';
import type { ExitCode } from './exitCodes';
import { UsageError, type Io } from './io';

/** One option of a command. */
export interface OptionSpec {
	readonly type: 'string' | 'boolean';
	readonly short?: string;
	/** May be given several times. */
	readonly multiple?: boolean;
	/** `k=v`, `DIR`: what stands behind it in the help. */
	readonly value?: string;
	/** One or two plain sentences. */
	readonly help: string;
}

/** What was given, by the names of the options. */
export class Given {
	readonly positionals: readonly string[];
	readonly #values: Readonly<Record<string, unknown>>;

	constructor(values: Readonly<Record<string, unknown>>, positionals: readonly string[]) {
		this.#values = values;
		this.positionals = positionals;
	}

	flag(name: string): boolean {
		return this.#values[name] === true;
	}

	text(name: string): string | undefined {
		const value = this.#values[name];
		return typeof value === 'string' ? value : undefined;
	}

	texts(name: string): readonly string[] {
		const value = this.#values[name];
		return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
	}
}

export interface CommandSpec {
	readonly name: string;
	/** What stands behind the name: `FLOW [options]`. */
	readonly usage: string;
	/** One line for the list of commands. */
	readonly summary: string;
	/** Paragraphs for its own help. */
	readonly about: string;
	readonly options: Readonly<Record<string, OptionSpec>>;
	/** How many names of files it takes. */
	readonly takes: readonly [least: number, most: number];
	run(given: Given, io: Io): Promise<ExitCode>;
}

/** Reads what stands behind the command's name. */
export function parseCommand(spec: CommandSpec, args: readonly string[]): Given {
	const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
	for (const [name, { type, short, multiple }] of Object.entries(spec.options)) {
		options[name] = { type, ...(short === undefined ? {} : { short }), ...(multiple === true ? { multiple } : {}) };
	}
	let parsed: { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] };
	try {
		parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
	} catch (error) {
		throw new UsageError(
			`${errorText(error).split('. ')[0]}. \`quarterdeck ${spec.name} --help\` lists what there is.`,
		);
	}
	const [least, most] = spec.takes;
	const { length } = parsed.positionals;
	if (parsed.values['help'] !== true && (length < least || length > most)) {
		throw new UsageError(`Usage: quarterdeck ${spec.name} ${spec.usage}`);
	}
	return new Given(parsed.values, parsed.positionals);
}

/** The help of one command. */
export function commandHelp({ name, usage, about, options }: CommandSpec): string {
	const rows = Object.entries(options).map(([option, { short, value, help }]) => {
		const names = `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`;
		return [names, help] as const;
	});
	const width = Math.max(0, ...rows.map(([names]) => names.length));
	const lines = rows.map(
		([names, help]) => `  ${names.padEnd(width)}  ${help.replaceAll('\n', `\n${' '.repeat(width + 4)}`)}`,
	);
	const list = lines.length === 0 ? '' : `\nOptions:\n${lines.join('\n')}\n`;
	return `Usage: quarterdeck ${name} ${usage}\n\n${about.trim()}\n${list}`;
}
