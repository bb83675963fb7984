import type { Clock } from '../../base/clock';
import { errorText, ExpectedError } from '../../base/errors';
import { Owner, toDisposable } from '../../base/lifecycle';
import { severities, type Alert } from '../../ledger/machineEvents';
import type { Environment } from '../../process/environment';
import { findOnPath } from '../../process/findOnPath';
import { OutputTail } from '../../process/outputTail';
import type { Spawn } from '../../tools/ports';
import { runProgram, type ProgramResult } from '../../tools/program';
import type { SoundLevel } from './soundLevel';

/** The sound lasts half a second; a player that takes this long hangs. */
const playMs = 5_000;
const fileVariable = 'QUARTERDECK_SOUND';

interface Player {
	readonly program: string;
	args(file: string): readonly string[];
}

const named = (program: string, ...options: readonly string[]): Player => ({
	program,
	args: file => [...options, file],
});
/** What plays a file, by system; the first that works is taken. */
const players: Readonly<Partial<Record<NodeJS.Platform, readonly Player[]>>> = {
	darwin: [named('afplay')],
	win32: [
		{
			program: 'powershell.exe',
			// The path goes as a variable, so that no character in it is read as code.
			args: () => [
				'-NoProfile',
				'-NonInteractive',
				'-Command',
				`(New-Object System.Media.SoundPlayer $env:${fileVariable}).PlaySync()`,
			],
		},
	],
	linux: [named('pw-play'), named('paplay'), named('aplay', '-q')],
};

export interface AlertSoundPorts {
	readonly clock: Clock;
	readonly platform: NodeJS.Platform;
	readonly environment: Environment;
	readonly spawn: () => Promise<Spawn>;
	/** The sound. */
	readonly file: string;
	readonly cwd: string;
	/** Why nothing may be played here, as a sentence; `null` when it may. */
	readonly obstacle: () => string | null;
	readonly level: () => SoundLevel;
	readonly isQuiet: () => boolean;
}

/** Plays the sound of alerts with what the system has. */
export class AlertSound extends Owner {
	readonly #ports: AlertSoundPorts;
	readonly #end = new AbortController();
	#playing: Promise<string> | undefined;

	constructor(ports: AlertSoundPorts) {
		super();
		this.#ports = ports;
		this.own(toDisposable(() => this.#end.abort()));
	}

	/** Whether these alerts are to be heard: never in quiet hours, however bad they are. */
	isDue(alerts: readonly Alert[]): boolean {
		const { level, isQuiet, obstacle } = this.#ports;
		const least = level();
		if (least === 'off' || obstacle() !== null || isQuiet()) return false;
		return alerts.some(({ severity }) => severities.indexOf(severity) >= severities.indexOf(least));
	}

	/**
	 * Plays it once; who asks while it plays hears the same one.
	 * @returns the program that played it
	 * @throws `ExpectedError` with a sentence when it cannot be played
	 */
	play(): Promise<string> {
		this.#playing ??= this.#play().finally(() => (this.#playing = undefined));
		return this.#playing;
	}

	async #play(): Promise<string> {
		const { platform, environment, obstacle } = this.#ports;
		const why = obstacle();
		if (why !== null) throw new ExpectedError('alerts.noSound', why);
		const known = players[platform] ?? [];
		const failures: string[] = [];
		for (const player of known) {
			const command = findOnPath(player.program, environment);
			if (command === null) continue;
			const failure = await this.#tryWith(player, command);
			if (failure === null) return player.program;
			failures.push(failure);
		}
		if (failures.length > 0)
			throw new ExpectedError('alerts.noSound', `The sound was not played. ${failures.join(' ')}`);
		throw new ExpectedError('alerts.noSound', nothingThere(known));
	}

	/** Why it did not play; `null` when it did. */
	async #tryWith(player: Player, command: string): Promise<string | null> {
		const { clock, environment, spawn, file, cwd } = this.#ports;
		const late = new AbortController();
		const timer = clock.after(playMs, () => late.abort());
		try {
			const result = await runProgram(await spawn(), {
				command,
				args: player.args(file),
				cwd,
				environment,
				added: { [fileVariable]: file },
				label: 'alert sound',
				signal: AbortSignal.any([this.#end.signal, late.signal]),
				output: new OutputTail(256, 1024),
			});
			if (late.signal.aborted) return `${player.program} did not end within ${playMs / 1000} seconds and was stopped.`;
			return problemOf(player, result);
		} finally {
			timer.dispose();
		}
	}
}

function problemOf({ program }: Player, { error, code, signal, stderr, output }: ProgramResult): string | null {
	if (error) return `${program} could not be started: ${errorText(error)}.`;
	if (code === 0) return null;
	const said = (stderr.trim() || output.tail().trim()).split('\n').at(-1)?.slice(0, 160) ?? '';
	const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${code}`;
	return said === '' ? `${program} ${how}.` : `${program} ${how}: ${said.replace(/\.$/u, '')}.`;
}

function nothingThere(known: readonly Player[]): string {
	if (known.length === 0) return 'Alerts have no sound on this system.';
	const names = known.map(({ program }) => program);
	const last = names.pop() ?? '';
	const list = names.length === 0 ? last : `${names.join(', ')} or ${last}`;
	return `There is nothing to play the sound with: ${list} is not on the PATH.`;
}
