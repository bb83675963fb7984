import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { alertWave } from '../../../scripts/lib/alertWave.ts';
import { systemClock } from '../../../src/core/base/clock';
import { newId } from '../../../src/core/base/ids';
import { silentLogger } from '../../../src/core/base/logger';
import type { AlertSound } from '../../../src/core/health/alerts/sound';
import type { QuietHours } from '../../../src/core/health/alerts/quietHours';
import type { Alert, Severity } from '../../../src/core/ledger/machineEvents';
import { systemProcessTable } from '../../../src/core/process/processTable';
import { ProcessSupervisor } from '../../../src/core/process/supervisor';
import { newAlertSound, soundFor, testSound } from '../../../src/extension/health/sound';
import { ManualClock } from '../../fakes/manualClock';

const shown = vi.hoisted(() => ({
	notices: [] as string[],
	isTrusted: true,
	remoteName: undefined as string | undefined,
	uiKind: 1,
}));
vi.mock('vscode', () => ({
	env: {
		get remoteName() {
			return shown.remoteName;
		},
		get uiKind() {
			return shown.uiKind;
		},
	},
	UIKind: { Desktop: 1, Web: 2 },
	Uri: { joinPath: (root: string, ...parts: readonly string[]) => ({ fsPath: [root, ...parts].join('/') }) },
	workspace: {
		get isTrusted() {
			return shown.isTrusted;
		},
	},
	window: {
		showInformationMessage: (text: string) => Promise.resolve(void shown.notices.push(text)),
	},
}));

let folder: string;
let supervisor: ProcessSupervisor;
let level: string;
let quiet: QuietHours | null;
const host = {
	log: silentLogger,
	settings: { byPlace: () => [level, ''] },
	context: { extensionUri: '/extension' },
};

beforeEach(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), 'quarterdeck-sound-')));
	supervisor = new ProcessSupervisor({
		folder: join(folder, 'processes'),
		table: systemProcessTable(),
		logger: silentLogger,
	});
	Object.assign(shown, { notices: [], isTrusted: true, remoteName: undefined, uiKind: 1 });
	level = 'high';
	quiet = null;
	onTestFinished(async () => {
		await supervisor.close();
		rmSync(folder, { recursive: true, force: true });
	});
});

/** A player on the PATH that writes down what it was asked to play. */
function player(name: string, rest = ''): void {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\necho "${name} $* $QUARTERDECK_SOUND" >> '${join(folder, 'played')}'\n${rest}\n`);
	chmodSync(path, 0o755);
}

function played(): readonly string[] {
	const path = join(folder, 'played');
	return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

function newSound(platform: NodeJS.Platform = 'linux', clock = systemClock): AlertSound {
	const sound = newAlertSound({
		host: { ...host, clock } as never,
		supervisor: () => Promise.resolve(supervisor),
		quietHours: () => quiet,
		platform,
		environment: { PATH: folder },
	});
	onTestFinished(() => sound.dispose());
	return sound;
}

function alerts(...severities: readonly Severity[]): readonly Alert[] {
	return severities.map(severity => ({
		id: newId(),
		rule: 'service-down',
		severity,
		state: 'firing',
		title: 'Shop is down',
		cause: '',
		subject: 'service:user:Shop',
		startedAt: 0,
		endedAt: null,
		until: null,
		by: 'rule',
	}));
}

const wave = '/extension/media/alert.wav';

describe('the player', () => {
	test.each([
		['linux', ['aplay', 'paplay', 'pw-play'], 'pw-play', `pw-play ${wave} ${wave}`],
		['linux', ['aplay', 'paplay'], 'paplay', `paplay ${wave} ${wave}`],
		['linux', ['aplay'], 'aplay', `aplay -q ${wave} ${wave}`],
		['darwin', ['afplay', 'aplay'], 'afplay', `afplay ${wave} ${wave}`],
		[
			'win32',
			['powershell.exe'],
			'powershell.exe',
			`powershell.exe -NoProfile -NonInteractive -Command (New-Object System.Media.SoundPlayer $env:QUARTERDECK_SOUND).PlaySync() ${wave}`,
		],
	] as const)('on %s with %j is %s', async (platform, there, used, line) => {
		for (const name of there) player(name);
		expect(await newSound(platform).play()).toBe(used);
		expect(played()).toEqual([line]);
	});

	test('that fails leaves it to the next', async () => {
		player('pw-play', 'echo "no server" >&2; exit 1');
		player('aplay');
		expect(await newSound().play()).toBe('aplay');
		expect(played()).toHaveLength(2);
	});

	test('that hangs is ended', async () => {
		const clock = new ManualClock();
		player('aplay', 'exec /bin/sleep 600');
		const playing = newSound('linux', clock).play();
		const failing = expect(playing).rejects.toThrow(
			'The sound was not played. aplay did not end within 5 seconds and was stopped.',
		);
		await vi.waitUntil(() => played().length === 1);
		clock.advance(5_000);
		await failing;
		await vi.waitUntil(() => supervisor.live.length === 0);
	});

	test('that is not there is named', async () => {
		await expect(newSound().play()).rejects.toThrow(
			'There is nothing to play the sound with: pw-play, paplay or aplay is not on the PATH.',
		);
		await expect(newSound('aix').play()).rejects.toThrow('Alerts have no sound on this system.');
	});
});

describe('an alert', () => {
	test('sounds once for all of one notice, and only if one of them is severe enough', async () => {
		player('aplay');
		const sound = newSound();
		soundFor(sound, alerts('low', 'medium'), { log: silentLogger });
		soundFor(sound, alerts('low', 'critical', 'high'), { log: silentLogger });
		soundFor(sound, alerts('high'), { log: silentLogger });
		await sound.play();
		expect(played()).toHaveLength(1);
	});

	test('is silent when the sound is off, in quiet hours, in a remote window and where nobody trusts the folder', () => {
		const sound = newSound();
		const critical = alerts('critical');
		expect(sound.isDue(critical)).toBe(true);
		quiet = { from: 0, to: 24 * 60 };
		expect(sound.isDue(critical)).toBe(false);
		quiet = null;
		level = 'off';
		expect(sound.isDue(critical)).toBe(false);
		level = 'critical';
		expect([sound.isDue(critical), sound.isDue(alerts('high'))]).toEqual([true, false]);
		shown.remoteName = 'ssh-remote';
		expect(sound.isDue(critical)).toBe(false);
		shown.remoteName = undefined;
		shown.isTrusted = false;
		expect(sound.isDue(critical)).toBe(false);
	});
});

describe('the test of the sound', () => {
	test('says what played it, and what alerts do', async () => {
		player('paplay');
		await testSound(newSound(), host as never);
		level = 'off';
		await testSound(newSound(), host as never);
		expect(shown.notices).toEqual([
			'The sound of alerts was played with paplay. Alerts that are high or worse sound so.',
			'The sound of alerts was played with paplay. Alerts are silent: “Alerts: Sound” is off.',
		]);
	});

	test('says why it cannot', async () => {
		player('aplay');
		const refused = (): Promise<void> => testSound(newSound(), host as never);
		shown.remoteName = 'ssh-remote';
		await expect(refused()).rejects.toThrow(
			'This window works on another machine (ssh-remote), and the sound would be played there, so it is not played.',
		);
		shown.remoteName = undefined;
		shown.uiKind = 2;
		await expect(refused()).rejects.toThrow('This window is in a browser');
		shown.uiKind = 1;
		shown.isTrusted = false;
		await expect(refused()).rejects.toThrow('This folder is not trusted');
		expect(played()).toEqual([]);
	});
});

test('the sound is small, soft, and the one that the script makes', () => {
	const file = readFileSync(resolve(import.meta.dirname, '../../../media/alert.wav'));
	expect(file.equals(alertWave()), 'node scripts/alertSound.ts').toBe(true);
	expect(file.length).toBeLessThan(10_000);
	const samples = Array.from({ length: (file.length - 44) / 2 }, (_, index) => file.readInt16LE(44 + index * 2));
	const loudest = Math.max(...samples.map(Math.abs));
	expect([loudest > 3_000, loudest < 12_000]).toEqual([true, true]);
	// It neither begins nor ends with a click.
	expect([Math.abs(samples[0]!), Math.abs(samples.at(-1)!)].every(sample => sample < 50)).toBe(true);
});
