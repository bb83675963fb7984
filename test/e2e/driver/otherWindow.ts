import { systemClock, type Clock } from '../../../src/core/base/clock.ts';
import { localDay } from '../../../src/core/base/clock.ts';
import { asId, newId, type ExecutionId, type HostId, type StepId } from '../../../src/core/base/ids.ts';
import type { CostBasis } from '../../../src/core/base/money.ts';
import { HostRegistration } from '../../../src/core/ledger/hosts.ts';
import { noUsage, type LedgerEvent, type StepKind } from '../../../src/core/ledger/events.ts';
import { ledgerFolders } from '../../../src/core/ledger/journal/layout.ts';
import { JournalWriter } from '../../../src/core/ledger/journal/writer.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A run that ended. */
export interface Run {
	readonly title: string;
	readonly ago: number;
	readonly lasts: number;
	readonly model?: string;
	readonly cost: number | null;
	readonly basis?: CostBasis;
	readonly error?: string;
	readonly project?: string;
}

/** Plays a second window: a host of its own that journals runs into the same ledger, also such of earlier days. */
export class OtherWindow {
	readonly #writer: JournalWriter;
	readonly #registration: HostRegistration;
	readonly #project: string;
	readonly #live = new Map<string, ExecutionId>();
	#now: number | undefined;

	private constructor(folder: string, project: string) {
		const host = newId<HostId>();
		const clock: Clock = { ...systemClock, now: () => this.#now ?? Date.now() };
		this.#project = project;
		this.#registration = new HostRegistration(ledgerFolders(folder).hosts, host, 'test');
		this.#writer = new JournalWriter({ folder, host, version: 'test', clock });
	}

	/** @param folder the ledger's folder */
	static async open(folder: string, project: string): Promise<OtherWindow> {
		const window = new OtherWindow(folder, project);
		await window.#registration.register();
		return window;
	}

	async close(): Promise<void> {
		await this.#writer.close();
		await this.#registration.unregister();
	}

	/** Some weeks of work. */
	async fill(): Promise<void> {
		const model = 'claude-haiku-5';
		await this.#run({ title: 'Set up the sample project', ago: 40 * day, lasts: 3 * minute, cost: 410_000_000 });
		await this.#run({ title: 'Explain the invoice of January', ago: 9 * day, lasts: 22_000, model, cost: 3_100_000 });
		await this.#run({ title: 'Add a discount for groups', ago: 2 * day, lasts: 9 * minute, cost: 730_000_000 });
		await this.#run({ title: 'Write the release notes', ago: day, lasts: 41_000, model, cost: 8_900_000 });
		await this.#run({
			title: 'Ask the model at home',
			ago: 5 * minute,
			lasts: 12_000,
			model: 'home-model',
			cost: null,
			basis: 'unpriced',
		});
		await this.#run({
			title: 'Rename fares to tariffs',
			ago: 4 * minute,
			lasts: 61_000,
			cost: 1_120_000_000,
			project: '/home/ada/harbour',
		});
		await this.#failedRun();
		this.#now = undefined;
	}

	/** Runs of one's own instead. */
	async add(runs: readonly Run[]): Promise<void> {
		for (const run of runs) await this.#run(run);
		this.#now = undefined;
	}

	/** Begins a run that goes on. */
	async begin(name: string, title: string): Promise<void> {
		const execution = newId<ExecutionId>();
		this.#live.set(name, execution);
		await this.#append(this.#started(execution, { title, ago: 0, lasts: 0, cost: null }));
		await this.#step(execution, 'model', 'claude-sonnet-5', 'Look out of the window');
	}

	async end(name: string): Promise<void> {
		const execution = this.#live.get(name)!;
		await this.#append({ type: 'execution.ended', execution, status: 'succeeded', error: null });
	}

	async #run(run: Run): Promise<void> {
		const execution = newId<ExecutionId>();
		const start = Date.now() - run.ago;
		this.#now = start;
		await this.#append(this.#started(execution, run));
		const step = await this.#step(execution, 'model', run.model ?? 'claude-sonnet-5', 'Answer');
		this.#now = start + run.lasts;
		await this.#stepEnd(execution, step, 'succeeded', null);
		await this.#used(execution, run, start);
		await this.#append({ type: 'execution.ended', execution, status: 'succeeded', error: null });
	}

	/** A run with an edit, an approval, a failed command and a long output. */
	async #failedRun(): Promise<void> {
		const execution = newId<ExecutionId>();
		const start = Date.now() - 3 * minute;
		const run: Run = { title: 'Correct the month that is off by one', ago: 0, lasts: 84_000, cost: 84_300_000 };
		const at = (seconds: number): void => void (this.#now = start + seconds * 1000);
		at(0);
		await this.#append(this.#started(execution, run));
		const model = await this.#step(execution, 'model', 'claude-sonnet-5', 'Look for the cause');
		at(9);
		await this.#stepEnd(execution, model, 'succeeded', null);
		const edit = await this.#step(
			execution,
			'tool',
			'Edit',
			'src/fares.js',
			null,
			JSON.stringify({
				file_path: `${this.#project}/src/fares.js`,
				old_string: 'const month = Number(parts[1]);',
				new_string: 'const month = Number(parts[1]) - 1; // months count from 0',
			}),
		);
		const approval = await this.#step(execution, 'approval', 'YELLOW', 'Edit src/fares.js', edit, 'Edit src/fares.js');
		at(21);
		await this.#stepEnd(execution, approval, 'succeeded', 'allowed by you');
		await this.#stepEnd(execution, edit, 'succeeded', 'The file src/fares.js has been updated.');
		const command = await this.#step(
			execution,
			'tool',
			'Bash',
			'npm test',
			null,
			JSON.stringify({ command: 'npm test' }),
		);
		const lines = Array.from({ length: 100_000 }, (_, index) =>
			index === 77_777 ? 'not ok: a needle in the hay' : `ok ${index} fare of day ${index % 365}`,
		);
		at(70);
		await this.#stepEnd(execution, command, 'failed', lines.join('\n'));
		at(84);
		await this.#used(execution, run, start);
		await this.#append({ type: 'execution.ended', execution, status: 'failed', error: 'The tests failed.' });
	}

	#started(execution: ExecutionId, run: Run): LedgerEvent {
		return {
			type: 'execution.started',
			execution,
			kind: 'chat',
			trigger: 'user',
			title: run.title,
			agent: null,
			project: run.project ?? this.#project,
			provider: 'claude',
			model: run.model ?? 'claude-sonnet-5',
			conversation: null,
		};
	}

	async #step(
		execution: ExecutionId,
		kind: StepKind,
		name: string,
		title: string,
		parent: StepId | null = null,
		input: string | null = null,
	): Promise<StepId> {
		const step = asId<StepId>(newId());
		await this.#append({ type: 'step.started', execution, step, parent, kind, name, title, input });
		return step;
	}

	async #stepEnd(
		execution: ExecutionId,
		step: StepId,
		status: 'succeeded' | 'failed',
		output: string | null,
	): Promise<void> {
		await this.#append({ type: 'step.ended', execution, step, status, output, usage: null, cost: null });
	}

	async #used(execution: ExecutionId, run: Run, start: number): Promise<void> {
		await this.#append({
			type: 'usage.recorded',
			execution,
			provider: 'claude',
			model: run.model ?? 'claude-sonnet-5',
			usage: { ...noUsage, input: 5200, output: 1890, cacheRead: 48_000 },
			cost: run.cost,
			basis: run.basis ?? 'reported',
			isFinal: true,
			day: localDay(start),
		});
	}

	async #append(event: LedgerEvent): Promise<void> {
		await this.#writer.append(event);
	}
}
