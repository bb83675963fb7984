import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Clock } from '../base/clock';
import { MutableDisposable, toDisposable, type Disposable } from '../base/lifecycle';
import { cleanEnvironment } from '../process/environment';
import type { StopStep } from '../process/supervisedProcess';
import type { ProcessSupervisor } from '../process/supervisor';
import type { PowerSource } from './gpuEnergy';

/** How often the power is looked at, milliseconds. */
const paceMs = 500;
/** So many lines without a number: the card does not tell. */
const patience = 4;

const stopSteps: readonly StopStep[] = [{ run: process => process.signal('SIGINT'), waitMs: 1000 }];

/** NVIDIA's cards, by one `nvidia-smi` that stays for as long as someone watches. */
export class NvidiaPower implements PowerSource {
	readonly #supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>;
	readonly #command: readonly [string, ...string[]];

	/** @param command the program with what comes before its own arguments */
	constructor(
		supervisor: () => Promise<Pick<ProcessSupervisor, 'spawn'>>,
		command: readonly [string, ...string[]] = ['nvidia-smi'],
	) {
		this.#supervisor = supervisor;
		this.#command = command;
	}

	watch(tell: (watts: number) => void, end: () => void): Disposable {
		let isWanted = true;
		let stop: (() => void) | undefined;
		const finish = (): void => {
			if (isWanted) end();
			isWanted = false;
		};
		void this.#supervisor().then(supervisor => {
			if (!isWanted) return;
			const [command, ...before] = this.#command;
			const query = ['--query-gpu=index,power.draw', '--format=csv,noheader,nounits', `-lms=${paceMs}`];
			const child = supervisor.spawn({
				command,
				args: [...before, ...query],
				cwd: process.cwd(),
				environment: cleanEnvironment(process.env),
				label: 'nvidia-smi',
				stopSteps,
			});
			stop = () => void child.stop();
			const lines = new PowerLines(tell, finish);
			createInterface({ input: child.stdout }).on('line', line => lines.take(line));
			void child.exited.then(finish);
		}, finish);
		return toDisposable(() => {
			isWanted = false;
			stop?.();
		});
	}
}

/** Reads `0, 42.17`, a line for each card and look. */
class PowerLines {
	readonly #watts = new Map<string, number>();
	readonly #tell: (watts: number) => void;
	readonly #end: () => void;
	#silent = 0;

	constructor(tell: (watts: number) => void, end: () => void) {
		this.#tell = tell;
		this.#end = end;
	}

	take(line: string): void {
		// Some systems write the decimal as a comma; `[N/A]` is no number.
		const [, index = '', amount = ''] = /^\s*(\d+)\s*,\s*(\d+(?:[.,]\d+)?)\s*$/.exec(line) ?? [];
		if (amount === '') {
			if (++this.#silent >= patience && this.#watts.size === 0) this.#end();
			return;
		}
		this.#watts.set(index, Number(amount.replace(',', '.')));
		this.#tell([...this.#watts.values()].reduce((sum, watts) => sum + watts, 0));
	}
}

/** AMD's cards on Linux, by what the kernel's driver writes below `/sys`. */
export class AmdPower implements PowerSource {
	readonly #clock: Clock;
	readonly #folder: string;

	/** @param folder `/sys/class/drm` or what stands for it */
	constructor(clock: Clock, folder = '/sys/class/drm') {
		this.#clock = clock;
		this.#folder = folder;
	}

	watch(tell: (watts: number) => void, end: () => void): Disposable {
		const files = this.#files();
		const timer = new MutableDisposable<Disposable>();
		const look = (): void => {
			const told = files.flatMap(file => readMicrowatts(file));
			if (told.length === 0) return end();
			tell(told.reduce((sum, microwatts) => sum + microwatts, 0) / 1e6);
			timer.value = this.#clock.after(paceMs, look);
		};
		look();
		return timer;
	}

	#files(): readonly string[] {
		return list(this.#folder)
			.filter(name => /^card\d+$/.test(name))
			.flatMap(card => {
				const sensors = join(this.#folder, card, 'device', 'hwmon');
				return list(sensors).flatMap(sensor => {
					const names = ['power1_average', 'power1_input'].map(name => join(sensors, sensor, name));
					const file = names.find(name => readMicrowatts(name).length > 0);
					return file === undefined ? [] : [file];
				});
			});
	}
}

function list(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		return []; // No such card, or another system.
	}
}

function readMicrowatts(file: string): readonly number[] {
	try {
		const microwatts = Number.parseInt(readFileSync(file, 'utf8'), 10);
		return Number.isFinite(microwatts) ? [microwatts] : [];
	} catch {
		return []; // The card sleeps, or its driver does not tell.
	}
}
