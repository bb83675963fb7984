import type { Tier } from '../../ledger/events';
import type { SafetyContext } from '../approval';
import type { FindingSource } from '../finding';
import type { Access, PathRules } from '../paths';
import type { ShellScope, Stdin } from './scope';
import type { Field } from './words';

/** One program that a shell line starts, with its arguments expanded as far as they are known. */
export interface CommandCall {
	/** As written: `rm`, `/bin/rm`, `./build.sh`. */
	readonly name: string;
	readonly args: readonly Field[];
	readonly scope: ShellScope;
	readonly stdin: Stdin;
}

/** What the rules for single commands may ask and report. */
export interface Judge {
	readonly context: SafetyContext;
	readonly rules: PathRules;
	add(tier: Tier, reason: string, by?: FindingSource): void;
	/** Judges what is done with the file that an argument names. */
	path(field: Field, access: Access, scope: ShellScope, isRecursive?: boolean): void;
	/** Judges text that a shell would run. */
	line(text: string, scope: ShellScope, stdin?: Stdin): void;
	/** Judges a command that another one starts. */
	command(fields: readonly Field[], scope: ShellScope, stdin?: Stdin): void;
}

/** A rule of its own for one command or a family of them. */
export type Handler = (call: CommandCall, judge: Judge) => void;
