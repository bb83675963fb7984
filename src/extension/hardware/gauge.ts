import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { DisposableStore, MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import type { HardwareFeed } from '../../core/hardware/feed';
import { gaugeHover } from '../../core/hardware/gauge/hover';
import { GaugeLevels, readThresholds, type GaugeLevel } from '../../core/hardware/gauge/levels';
import { gaugeText } from '../../core/hardware/gauge/text';
import type { MachineFacts, Sample } from '../../core/hardware/sample';
import type { Host } from '../host/context';

const backgrounds: Readonly<Record<GaugeLevel, string | undefined>> = {
	ok: undefined,
	warning: 'statusBarItem.warningBackground',
	error: 'statusBarItem.errorBackground',
};

/** A window that has had no focus for this long is looked at by nobody; before that, it may stand on a second screen. */
const unattendedMs = 15 * 60_000;
/** No word for so long, at whatever pace: the thread that looks waits for a driver or a disk that does not answer. */
const silentMs = 45_000;
/** What only the hover shows may be this old: each change of it goes to the window. */
const hoverMs = 10_000;

/** The machine in the status bar. It looks often while the window has the focus, seldom without, and in the end not at all. */
export class Gauge extends Owner {
	readonly #host: Host;
	readonly #feed: HardwareFeed;
	readonly #shown = this.own(new MutableDisposable<Disposable>());
	readonly #watching = this.own(new MutableDisposable<Disposable>());
	readonly #unattended = this.own(new MutableDisposable<Disposable>());
	readonly #silence = this.own(new MutableDisposable<Disposable>());
	readonly #levels = new GaugeLevels();
	#item: vscode.StatusBarItem | undefined;
	#facts: MachineFacts | undefined;
	#drawn = '';
	#hover = '';
	#hoverAt = -Infinity;
	#heardAt = 0;

	constructor(host: Host, feed: HardwareFeed) {
		super();
		this.#host = host;
		this.#feed = feed;
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('gauge.position')) this.#place();
				else if (this.#watching.value && [...keys].some(key => key.startsWith('gauge.'))) this.#draw(feed.latest);
			}),
		);
		this.own(vscode.window.onDidChangeWindowState(() => this.#attend()));
		this.#place();
	}

	/** Makes the item anew: its place cannot be changed. */
	#place(): void {
		const position = this.#host.settings.get('gauge.position');
		this.#watching.value = undefined;
		this.#silence.value = undefined;
		this.#shown.value = undefined;
		this.#item = undefined;
		this.#drawn = '';
		if (position === 'hidden') return;
		const { Left, Right } = vscode.StatusBarAlignment;
		const store = new DisposableStore();
		// Beside the costs on the right, and behind what VS Code itself shows on the left.
		const [side, priority] = position === 'left' ? [Left, -10] : [Right, 91];
		this.#item = store.add(vscode.window.createStatusBarItem('quarterdeck.gauge', side, priority));
		this.#item.name = 'Quarterdeck Machine';
		this.#item.command = 'quarterdeck.dashboard.open';
		store.add(this.#feed.onDidSample(sample => this.#hear(sample)));
		this.#shown.value = store;
		this.#draw(this.#feed.latest);
		this.#attend();
		void this.#askFacts();
	}

	#attend(): void {
		if (!this.#item) return;
		const { focused } = vscode.window.state;
		this.#watching.value = this.#feed.watch(focused ? 'gauge' : 'idle');
		this.#unattended.value = focused ? undefined : this.#host.clock.after(unattendedMs, () => this.#pause());
		this.#heardAt = this.#host.clock.monotonic();
		this.#listen(silentMs);
	}

	#hear(sample: Sample): void {
		// Others may still watch, more rarely: their samples soon would be old ones here.
		if (!this.#watching.value) return;
		this.#heardAt = this.#host.clock.monotonic();
		this.#draw(sample);
	}

	/** One timer in all that time, and not one for each sample. */
	#listen(ms: number): void {
		this.#silence.value = this.#host.clock.after(ms, () => {
			const left = this.#heardAt + silentMs - this.#host.clock.monotonic();
			this.#listen(left > 0 ? left : silentMs);
			if (left <= 0)
				this.#withdraw('debug-disconnect', 'The machine has told nothing for a while. It is looked at on.');
		});
	}

	#pause(): void {
		this.#watching.value = undefined;
		this.#silence.value = undefined;
		this.#withdraw(
			'debug-pause',
			'Nobody has looked for a while. The machine is looked at again as soon as this window has the focus.',
		);
	}

	/** Old numbers are not shown as if they were of now. */
	#withdraw(icon: string, why: string): void {
		if (!this.#item) return;
		this.#drawn = '';
		this.#item.text = `$(${icon}) Machine`;
		this.#item.backgroundColor = undefined;
		this.#item.tooltip = why;
		this.#item.accessibilityInformation = { label: `Machine: ${why}` };
		this.#hover = '';
	}

	async #askFacts(): Promise<void> {
		try {
			this.#facts ??= await this.#feed.facts();
		} catch (error) {
			// The hover goes without the machine's name.
			this.#host.log.info(`The machine did not tell its name: ${errorText(error)}`);
		}
	}

	#draw(sample: Sample | undefined): void {
		const item = this.#item;
		if (!item || !sample || this.isDisposed) return;
		const { settings, clock } = this.#host;
		const { text, spoken } = gaugeText(sample, settings.get('gauge.metrics'), settings.get('gauge.format'));
		const { level, causes } = this.#levels.judge(sample, readThresholds(settings.get('gauge.thresholds')));
		const over = level === 'ok' ? '' : `, ${level}: ${causes.join(', ')}`;
		const drawn = JSON.stringify([text, level, causes]);
		const isNew = drawn !== this.#drawn;
		if (!isNew && clock.monotonic() - this.#hoverAt < hoverMs) return;
		const gpuProblem = this.#feed.gpuProblem;
		const hover = gaugeHover({ sample, facts: this.#facts, causes, gpuProblem });
		if (!isNew && hover === this.#hover) return;
		if (isNew) {
			const background = backgrounds[level];
			item.text = text;
			item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
			item.accessibilityInformation = { label: `${spoken}${over}` };
			item.show();
		}
		item.tooltip = markdown(hover);
		this.#drawn = drawn;
		this.#hover = hover;
		this.#hoverAt = clock.monotonic();
	}
}

function markdown(text: string): vscode.MarkdownString {
	const links =
		'[$(dashboard) Open Dashboard](command:quarterdeck.dashboard.open) · [Copy Report](command:quarterdeck.hardware.copyReport)';
	const hover = new vscode.MarkdownString(`${text}\n\n${links}`, true);
	hover.isTrusted = { enabledCommands: ['quarterdeck.dashboard.open', 'quarterdeck.hardware.copyReport'] };
	return hover;
}
