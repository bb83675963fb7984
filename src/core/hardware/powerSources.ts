import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock';
import { DisposableStore, MutableDisposable, type Disposable } from '../base/lifecycle';
import type { PowerSource } from './gpuEnergy';
import type { NvidiaCards } from './nvidia/cards';

/** How often the power is looked at, milliseconds. */
const paceMs = 500;
/** So many looks without a number: the cards do not tell. */
const patience = 4;

/** NVIDIA's cards, by the one `nvidia-smi` of this window. */
export class NvidiaPower implements PowerSource {
	readonly #cards: () => Promise<NvidiaCards>;

	constructor(cards: () => Promise<NvidiaCards>) {
		this.#cards = cards;
	}

	watch(tell: (watts: number) => void, end: () => void): Disposable {
		const store = new DisposableStore();
		const finish = (): void => {
			if (store.isDisposed) return;
			store.dispose();
			end();
		};
		let silent = 0;
		void this.#cards().then(cards => {
			if (store.isDisposed) return;
			if (cards.isResting) return finish();
			store.add(cards.onDidRest(finish));
			store.add(
				cards.onDidLook(look => {
					const told = look.map(({ watts }) => watts).filter(watts => watts !== undefined);
					if (told.length > 0) {
						silent = -Infinity;
						tell(told.reduce((sum, watts) => sum + watts, 0));
					} else if (++silent >= patience) finish();
				}),
			);
			store.add(cards.watch(paceMs));
		}, finish);
		return store;
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
			// A question would wake a card that sleeps, and keep it awake: meanwhile it draws next to nothing.
			const awake = files.filter(file => !isAsleep(file));
			const told = awake.flatMap(file => readMicrowatts(file));
			if (told.length === 0 && awake.length === files.length) return end();
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

/** By what stands beside the folder of its sensors. */
function isAsleep(file: string): boolean {
	try {
		return readFileSync(join(file, '..', '..', '..', 'power', 'runtime_status'), 'utf8').trim() === 'suspended';
	} catch {
		return false; // A driver that puts nothing to sleep.
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
