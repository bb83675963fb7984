// Runs the suites named on the command line (all of them without a name) and closes with one line that counts every check.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { failurePart, failuresOf, strayErrors, type Results } from './lib/failures.ts';
import { leftovers, runVariable, signal, stopTree } from './lib/processes.ts';
import { root } from './lib/tools.ts';

interface Count {
	passed: number;
	failed: number;
	skipped: number;
}

interface Command {
	readonly what: string;
	readonly args: readonly string[];
	/** Vitest and the host runner write their counts here; any other command is one check. */
	readonly results?: string;
}

const bin = (name: string): string => join(root, 'node_modules', ...name.split('/'));
const [oxlint, prettier, tsc, vitest] = [
	bin('oxlint/bin/oxlint'),
	bin('prettier/bin/prettier.cjs'),
	bin('typescript/bin/tsc'),
	bin('vitest/vitest.mjs'),
];
const allSuites = ['check', 'unit', 'webview', 'host', 'e2e'];
const asked = process.argv.slice(2);
const suites = allSuites.filter(name => asked.includes(name));
const extra = asked.filter(argument => !allSuites.includes(argument));
const isAll = suites.length === 0;
const run = process.env[runVariable] ?? `run-${randomUUID()}`;
const temporary = mkdtempSync(join(tmpdir(), 'qd-'));
const running = new Set<number>();
const failures: string[] = [];
const total: Count = { passed: 0, failed: 0, skipped: 0 };

for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.once(name, () => {
		console.log(`\nStopped (${name}): ending what was started …`);
		void Promise.all([...running].map(pid => stopTree(pid))).finally(() => process.exit(130));
	});
}

const started = Date.now();
for (const suite of isAll ? allSuites : suites) await runSuite(suite);
await checkLeftovers();
rmSync(temporary, { recursive: true, force: true });
for (const line of failures) console.log(`failed: ${line}`);
console.log(`time: ${seconds(started)}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function runSuite(suite: string): Promise<void> {
	const begun = Date.now();
	const sum: Count = { passed: 0, failed: 0, skipped: 0 };
	const logs: string[] = [];
	const commands = commandsOf(suite);
	// The checks need nothing of each other, and the longest of them keeps one core busy only.
	const sideBySide = suite === 'check' ? commands.map(command => runCommand(command)) : [];
	for (const [index, command] of commands.entries()) {
		const { count, log } = await (sideBySide[index] ?? runCommand(command));
		sum.passed += count.passed;
		sum.failed += count.failed;
		sum.skipped += count.skipped;
		if (count.failed === 0) continue;
		failures.push(...namesOf(command, log));
		logs.push(`--- ${command.what} ---\n${failurePart(log).trimEnd()}\n--- end of ${command.what} ---`);
	}
	for (const log of logs) console.log(log);
	console.log(`${suite}: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped (${seconds(begun)})`);
	total.passed += sum.passed;
	total.failed += sum.failed;
	total.skipped += sum.skipped;
}

function commandsOf(suite: string): readonly Command[] {
	if (suite === 'check') {
		return [
			{ what: 'types', args: [tsc, '-p', '.'] },
			{ what: 'lint', args: [oxlint, '--type-aware', 'src', 'test', 'scripts'] },
			{ what: 'format', args: [prettier, '--check', '.'] },
		];
	}
	const results = join(temporary, `${suite}.json`);
	const files = isAll ? [] : extra;
	const tests: Command = {
		what: `${suite} tests`,
		args: [
			vitest,
			'run',
			'--project',
			suite,
			'--reporter=default',
			'--reporter=json',
			`--outputFile=${results}`,
			...files,
		],
		results,
	};
	if (suite === 'unit' || suite === 'webview') return [tests];
	const build: Command = { what: 'build', args: [join(root, 'esbuild.mjs'), '--production'] };
	const pack: Command = { what: 'package', args: [join(root, 'scripts', 'package.ts')] };
	if (suite === 'e2e') return isAll ? [tests] : [build, pack, tests];
	return [build, pack, { what: 'host tests', args: [join(root, 'test', 'host', 'run.ts'), results], results }];
}

async function runCommand(command: Command): Promise<{ readonly count: Count; readonly log: string }> {
	const begun = Date.now();
	console.log(`${command.what} …`);
	const heartbeat = setInterval(() => console.log(`  ${command.what} for ${seconds(begun)}`), 20_000);
	const env = { ...process.env, [runVariable]: run, FORCE_COLOR: '0', NO_COLOR: '1' };
	const child = spawn(process.execPath, command.args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
	if (child.pid !== undefined) running.add(child.pid);
	const parts: Buffer[] = [];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => parts.push(data));
	const code = await new Promise<number>(resolve => {
		child.once('error', error => {
			parts.push(Buffer.from(String(error)));
			resolve(1);
		});
		child.once('close', status => resolve(status ?? 1));
	});
	clearInterval(heartbeat);
	if (child.pid !== undefined) running.delete(child.pid);
	return { count: countOf(command, code), log: stripVTControlCharacters(Buffer.concat(parts).toString('utf8')) };
}

interface VitestResults extends Results {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
}

/** A runner that failed without a failed test (a file that does not load, an error outside a test) counts as one failure. */
function countOf(command: Command, code: number): Count {
	const whole = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
	if (command.results === undefined) return whole;
	if (!existsSync(command.results)) return { passed: 0, failed: 1, skipped: 0 };
	const read = JSON.parse(readFileSync(command.results, 'utf8')) as VitestResults;
	const failed = read.numFailedTests > 0 ? read.numFailedTests : whole.failed;
	return { passed: read.numPassedTests, failed, skipped: read.numPendingTests + read.numTodoTests };
}

function namesOf({ what, results }: Command, log: string): readonly string[] {
	const tests =
		results !== undefined && existsSync(results)
			? failuresOf(JSON.parse(readFileSync(results, 'utf8')) as Results)
			: [];
	const names = [...tests, ...strayErrors(log)];
	return names.length > 0 ? names : [what];
}

/** Whatever the tests started carries the run's id; five seconds after them nothing of it may be alive. */
async function checkLeftovers(): Promise<void> {
	const alive = await leftovers(run, 5000);
	if (alive.length === 0) {
		total.passed++;
		return;
	}
	total.failed++;
	failures.push('processes were left running');
	console.log(`Left running (${alive.length}):`);
	for (const item of alive) {
		console.log(`  ${item.pid} (parent ${item.parent}) ${item.command.slice(0, 200)}`);
		signal(item.pid, 'SIGKILL');
	}
}

function seconds(since: number): string {
	return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
