import type { Tier } from '../../ledger/events';
import commands from './commands.json' with { type: 'json' };
import subcommands from './subcommands.json' with { type: 'json' };

/** What a command does with the words that are no options. */
export type PathUse = 'none' | 'list' | 'read' | 'write' | 'pattern' | 'copy' | 'move';

/** A condition on the words of a command that makes it reach further. */
export interface Raise {
	/** Only for these subcommands. */
	readonly sub?: readonly string[];
	/** Any of these options or words: `-f` also inside `-xf`, `--force` also as `--force=…`, a final `*` for any ending. */
	readonly has: readonly string[];
	/** And any of these, where present. */
	readonly and?: readonly string[];
	readonly tier: Tier;
	readonly why: string;
}

/** A form of a command that reaches less far than the command itself: it lists, shows or only pretends. */
export interface Mild {
	/** Only for these subcommands. */
	readonly sub?: readonly string[];
	/** All options must be among these; as in `Raise.has`. */
	readonly options?: readonly string[];
	/** The first words must be one of these, as in `tar tzf`. */
	readonly starts?: readonly string[];
	/** One of these options must stand there: never a word, which could be a file's name. */
	readonly needs?: readonly string[];
	/** Whether words beside the subcommand may stand there, or how many. */
	readonly words?: boolean | number;
	readonly tier: Tier;
}

/** What is known of one command. */
export interface CommandRule {
	readonly tier: Tier;
	readonly why?: string;
	readonly paths?: PathUse;
	/** Options that take the next word. */
	readonly valued?: readonly string[];
	/** Options whose value is a file that is written or read. */
	readonly out?: readonly string[];
	readonly in?: readonly string[];
	/** Options that make reading go down into folders. */
	readonly recursive?: readonly string[];
	/** Options whose value is a command line. */
	readonly runs?: readonly string[];
	/** Tiers of subcommands, of one word or two. */
	readonly subs?: Readonly<Record<string, Tier>>;
	readonly raise?: readonly Raise[];
	readonly mild?: readonly Mild[];
	/** Words of a cloud's command line that only read, as in `aws ec2 describe-instances`: YELLOW. */
	readonly readVerbs?: readonly string[];
	readonly handler?: string;
	/** How many words name the command in a grant, by default 1; 0 is its exact text. */
	readonly grant?: number;
	readonly grantOrange?: number;
}

const table: ReadonlyMap<string, CommandRule> = new Map(
	[commands, subcommands].flatMap(group =>
		Object.entries(group).flatMap(([names, rule]) =>
			names.split(' ').map(name => [name, rule as CommandRule] as const),
		),
	),
);

/** The rule for a program, by its plain name. */
export function findRule(name: string): CommandRule | undefined {
	return table.get(name);
}

const systemFolder = /^(?:\/usr(?:\/local)?|\/opt\/homebrew|\/snap)?\/s?bin\/(?=[^/]+$)/u;
const localFolder = /^(?:\.{0,2}\/?(?:[\w@.-]+\/)*)?node_modules\/\.bin\/(?=[^/]+$)/u;

/** The name under which the table knows a program: `/usr/bin/rm` and `node_modules/.bin/rimraf` lose their folder. */
export function programName(written: string): string {
	const plain = written.replace(systemFolder, '').replace(localFolder, '');
	const bare = /\.(?:exe|cmd|bat|com)$/iu.test(plain)
		? (plain.split(/[/\\]/u).at(-1) ?? plain).replace(/\.\w+$/u, '').toLowerCase()
		: plain;
	// Versions of one program are one program: python3.12, pip3, clang-18.
	return bare.replace(/^(python|pip|ruby|php|node|perl|lua|gcc|g\+\+|clang|clang\+\+)-?\d[\d.]*$/u, '$1');
}
