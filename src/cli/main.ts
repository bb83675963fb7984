#!/usr/bin/env node
import { errorText, ExpectedError } from '../core/base/errors';
import { commandHelp, parseCommand, type CommandSpec } from './command';
import { exitCodes, type ExitCode } from './exitCodes';
import { programHelp } from './help';
import { processIo, UsageError, type Io } from './io';
import { version } from './version';

/** Each command's code is read when it is asked for: `--help` and `fmt` are there at once. */
const commands: Readonly<Record<string, () => Promise<CommandSpec>>> = {
	run: async () => (await import('./commands/run')).runCommand,
	resume: async () => (await import('./commands/resume')).resumeCommand,
	runs: async () => (await import('./commands/resume')).runsCommand,
	test: async () => (await import('./commands/test')).testCommand,
	validate: async () => (await import('./commands/documents')).validateCommand,
	fmt: async () => (await import('./commands/documents')).formatCommand,
	import: async () => (await import('./commands/interop')).importCommand,
	export: async () => (await import('./commands/interop')).exportCommandSpec,
	diff: async () => (await import('./commands/documents')).diffCommand,
	'clear-cache': async () => (await import('./commands/clearCache')).clearCacheCommand,
};

async function main(args: readonly string[], io: Io): Promise<ExitCode> {
	const [name = '', ...rest] = args;
	if (name === '' || name === '--help' || name === '-h' || name === 'help') {
		const [of] = rest;
		if (name === 'help' && of !== undefined) return main([of, '--help'], io);
		io.out(programHelp(await Promise.all(Object.values(commands).map(load => load()))));
		return name === '' ? exitCodes.usage : exitCodes.ok;
	}
	if (name === '--version' || name === '-v') {
		io.out(`${version}\n`);
		return exitCodes.ok;
	}
	const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!load) throw new UsageError(`There is no command “${name}”. \`quarterdeck --help\` lists those there are.`);
	const spec = await load();
	const given = parseCommand(spec, rest);
	if (given.flag('help')) {
		io.out(commandHelp(spec));
		return exitCodes.ok;
	}
	return spec.run(given, io);
}

/** A failure as a sentence, and what the program ends with. */
function failureCode(error: unknown, io: Io): ExitCode {
	io.err(`${ExpectedError.is(error) ? '' : 'quarterdeck: '}${errorText(error)}\n`);
	if (error instanceof UsageError || ExpectedError.is(error, 'flow-input')) return exitCodes.usage;
	return exitCodes.failed;
}

const io = processIo();
process.exitCode = await main(process.argv.slice(2), io).catch((error: unknown) => failureCode(error, io));
