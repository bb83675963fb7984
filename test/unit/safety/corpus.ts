import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SafetyContext } from '../../../src/core/safety/approval';
import { classify } from '../../../src/core/safety/classify';
import { judgeCommandPrompt } from '../../../src/core/safety/shell/powershell';
import { isTier, isWorse } from '../../../src/core/safety/tier';
import type { Tier } from '../../../src/core/ledger/events';
import { context, cwd } from './context';

type Shell = 'bash' | 'powershell' | 'cmd';

/** A line of a shell with the tier that it has by the definition of the tiers. */
export interface Labelled {
	readonly line: string;
	readonly shell: Shell;
	readonly label: Tier;
}

/** One file of the corpus: lines from the documentation of some commands, by tier. */
interface CorpusFile {
	readonly source: string;
	readonly shell: Shell;
	readonly lines: Readonly<Record<string, readonly string[]>>;
}

const ownFixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'safety');

/** Every labelled line, from all files. */
export function loadCorpus(fixtures = ownFixtures): readonly Labelled[] {
	const folder = join(fixtures, 'corpus');
	const files = readdirSync(folder).sort();
	const first = readJson<readonly { line: string; tier: string }[]>(join(fixtures, 'shell.json'));
	return [
		...first.map(({ line, tier }) => labelled(line, 'bash', tier)),
		...files.flatMap(name => {
			const { shell, lines } = readJson<CorpusFile>(join(folder, name));
			return Object.entries(lines).flatMap(([tier, group]) => group.map(line => labelled(line, shell, tier)));
		}),
	];
}

function labelled(line: string, shell: Shell, tier: string): Labelled {
	if (!isTier(tier)) throw new Error(`${line} has no tier`);
	return { line, shell, label: tier };
}

function readJson<T>(path: string): T {
	return JSON.parse(readFileSync(path, 'utf8')) as T;
}

const windowsCwd = 'C:\\Users\\dev\\project';
const windows: SafetyContext = {
	...context,
	workspaceFolders: [windowsCwd],
	home: 'C:\\Users\\dev',
	platform: 'win32',
};

/** What the gate says of a line. */
export function judged({ line, shell }: Labelled): { readonly tier: Tier; readonly reasons: readonly string[] } {
	if (shell === 'cmd') {
		const findings = judgeCommandPrompt(line, windowsCwd, windows);
		return { tier: findings.tier, reasons: findings.reasons() };
	}
	return shell === 'powershell'
		? classify({ tool: 'PowerShell', input: { command: line }, cwd: windowsCwd }, windows)
		: classify({ tool: 'Bash', input: { command: line }, cwd }, context);
}

/** Whether a line was judged milder or more strictly than its label says. */
export function compared(entry: Labelled, tier: Tier): 'below' | 'above' | 'right' {
	return isWorse(entry.label, tier) ? 'below' : isWorse(tier, entry.label) ? 'above' : 'right';
}
