import { errorText, ExpectedError } from '../core/base/errors';
import { DisposableStore, toDisposable, type Disposable } from '../core/base/lifecycle';
import type { RunEvent } from '../core/flow/engine/events';
import { FlowLimitError } from '../core/flow/engine/errors';
import type { RunResult } from '../core/flow/engine/flowRun';
import type { LiveRun } from '../core/flow/runs/liveRun';
import { answerWaits, readAnswers, waitSentence, type Answers } from './answers';
import type { Given, OptionSpec } from './command';
import { readYesTo } from './consent';
import { exitCodes, type ExitCode } from './exitCodes';
import type { Io } from './io';
import { placeOptions, placesOf } from './places';
import { jsonPrinter, textPrinter } from './runPrinter';
import { World } from './world';

/** Options of every command that runs a flow. */
export const runOptions: Readonly<Record<string, OptionSpec>> = {
	json: { type: 'boolean', help: 'Prints each event as a line of JSON, and the result last.' },
	quiet: { type: 'boolean', short: 'q', help: 'Prints nothing but what comes out of the flow, and failures.' },
	verbose: { type: 'boolean', help: 'Says more about what the program itself does.' },
	'yes-to': {
		type: 'string',
		value: 'TIER',
		help: 'Allows calls that take a person’s word: “yellow” (changes inside the workspace, fetching pages)\nor “orange” (also what leaves it). Without it they are refused. RED is never allowed by a flag.',
	},
	answer: {
		type: 'string',
		multiple: true,
		value: 'NODE=VALUE',
		help: 'Answers what a node asks: yes or no, a text, or again or fail after a crash. Without an answer\nthe run stops with exit code 5 and can be gone on with.',
	},
	'no-cache': { type: 'boolean', help: 'Runs every node, also where an earlier run had the same inputs.' },
	'allow-node': {
		type: 'string',
		multiple: true,
		value: 'NAME',
		help: 'Lets a custom node of .quarterdeck/nodes reach what its file declares.',
	},
	model: {
		type: 'string',
		value: 'PROVIDER/MODEL',
		help: 'For nodes that name none. Without it: QUARTERDECK_MODEL.',
	},
	providers: { type: 'string', value: 'FILE', help: 'A JSON list like the setting quarterdeck.providers.' },
	...placeOptions,
};

/** A world of the options that every command which runs flows has. */
export function openWorld(
	given: Given,
	io: Io,
	folder: string,
	onEvent: (event: RunEvent, at: number) => void,
): Promise<World> {
	return World.open({
		io,
		folder,
		places: placesOf(given, io),
		yesTo: readYesTo(given.text('yes-to')),
		model: given.text('model') ?? io.environment['QUARTERDECK_MODEL'] ?? '',
		providers: given.text('providers'),
		allowedNodes: given.texts('allow-node'),
		isVerbose: given.flag('verbose'),
		isCacheOff: given.flag('no-cache'),
		onEvent,
	});
}

/** Ends every process, writes what waits, and says what could not be written. */
export async function closeWorld(world: World, io: Io): Promise<void> {
	await world.close();
	for (const failure of new Set(world.failures)) io.err(`quarterdeck: the ledger could not be written: ${failure}\n`);
}

/** Hears signals to end: the first stops what runs, a second one ends the program. */
export class EndSignals implements Disposable {
	readonly #store = new DisposableStore();
	#received: NodeJS.Signals | undefined;

	constructor(stop: () => void) {
		const onSignal = (signal: NodeJS.Signals): void => {
			if (this.#received !== undefined) process.exit(exitCodes.interrupted);
			this.#received = signal;
			stop();
		};
		for (const signal of signals) {
			process.on(signal, onSignal);
			this.#store.add(toDisposable(() => process.off(signal, onSignal)));
		}
	}

	/** What the program ends with because of it; `undefined` when none came. */
	get exitCode(): ExitCode | undefined {
		if (this.#received === undefined) return undefined;
		return this.#received === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
	}

	dispose(): void {
		this.#store.dispose();
	}
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Opens the world, runs, and leaves nothing behind: neither a process nor an event that is not on disk. */
export async function perform(
	given: Given,
	io: Io,
	folder: string,
	begin: (world: World) => Promise<LiveRun>,
): Promise<ExitCode> {
	const printer = given.flag('json') ? jsonPrinter(io) : textPrinter(io, given.flag('quiet'));
	const answers = readAnswers(given.texts('answer'));
	const world = await openWorld(given, io, folder, (event, at) => printer.event(event, at));
	try {
		const live = await begin(world);
		const { result, stopped, open } = await untilEnd(live, answers);
		const exitCode = exitCodeOf(result, world, stopped, open);
		const sentences = [...open, ...refusalSentences(world, result), ...goOn(exitCode, live)];
		printer.end(result, { execution: live.execution, exitCode, sentences });
		return exitCode;
	} finally {
		await closeWorld(world, io);
	}
}

interface End {
	readonly result: RunResult;
	/** What a signal ended it with. */
	readonly stopped: ExitCode | undefined;
	/** What nobody was there to answer. */
	readonly open: readonly string[];
}

/** Waits for the end; Ctrl+C ends every node at once, and a second one the program. */
async function untilEnd(live: LiveRun, answers: Answers): Promise<End> {
	const { run } = live;
	if (!run) throw new Error('The run has not begun');
	const store = new DisposableStore();
	const ends = store.add(new EndSignals(() => run.stop()));
	const open: string[] = [];
	let failure: unknown;
	const look = (): void => {
		try {
			const waiting = answerWaits(run, answers);
			// As long as something else works, what it gives may be worth having.
			if (waiting.length === 0 || open.length > 0 || live.state.status !== 'waiting') return;
			open.push(...waiting.map(waitSentence));
			void run.abandon();
		} catch (error) {
			failure = error;
			run.stop();
		}
	};
	store.add(
		live.onEvent(event => {
			if (event.type === 'node.waiting' || event.type === 'run.status') setImmediate(look);
		}),
	);
	setImmediate(look);
	try {
		const result = await run.result;
		if (failure !== undefined) throw failure;
		return { result, stopped: ends.exitCode, open };
	} finally {
		store.dispose();
	}
}

function exitCodeOf(
	{ status, cause }: RunResult,
	world: World,
	stopped: ExitCode | undefined,
	open: readonly string[],
): ExitCode {
	if (stopped !== undefined) return stopped;
	if (open.length > 0) return exitCodes.waiting;
	if (status === 'succeeded') return exitCodes.ok;
	if (cause instanceof FlowLimitError || ExpectedError.is(cause, 'budget')) return exitCodes.limit;
	const isRefused = ExpectedError.is(cause, 'refused') || ExpectedError.is(cause, 'custom-not-granted');
	return isRefused || (world.refusals.length > 0 && errorText(cause).includes('refused'))
		? exitCodes.refused
		: exitCodes.failed;
}

function refusalSentences(world: World, { status, error }: RunResult): readonly string[] {
	if (status === 'succeeded') return world.refusals.map(({ reason }) => `Refused on the way: ${reason}`);
	const reasons = [...new Set(world.refusals.map(({ reason }) => reason))];
	return reasons.filter(reason => error === null || !error.includes(reason));
}

function goOn(exitCode: ExitCode, { execution }: LiveRun): readonly string[] {
	return exitCode === exitCodes.waiting ? [`Go on with: quarterdeck resume ${execution} --answer …`] : [];
}
