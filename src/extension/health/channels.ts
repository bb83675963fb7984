import { homedir } from 'node:os';
import { errorText, ExpectedError } from '../../core/base/errors';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import { channelCall, channelUrl, sendToChannel, type Channel } from '../../core/health/alerts/channel';
import { stormText } from '../../core/health/alerts/storm';
import type { Alert } from '../../core/ledger/machineEvents';
import type { Gate } from '../../core/safety/gate';
import { withoutSecretsIn } from '../../core/safety/withoutSecrets';
import { agentName } from '../../core/tools/web/guardedFetch';
import type { Host } from '../host/context';

/** Where alerts are sent, by the setting that says so. */
export const channelSettings = { ntfy: 'alerts.ntfyTopic', webhook: 'alerts.webhook' } as const;
/** A channel that fails is said to fail once in so long. */
const complainMs = 60 * 60_000;

interface Line {
	waiting: readonly Alert[];
	isBusy: boolean;
	complainedAt: number;
	/** Where a person did not want alerts to go; they are not asked again. */
	refused: string | null;
}

/** Sends alerts to where the user's own settings say. */
export class Channels extends Owner {
	readonly #host: Host;
	readonly #gate: () => Promise<Gate>;
	readonly #end = new AbortController();
	readonly #lines: Readonly<Record<Channel, Line>> = { ntfy: newLine(), webhook: newLine() };

	constructor(host: Host, gate: () => Promise<Gate>) {
		super();
		this.#host = host;
		this.#gate = gate;
		this.own(toDisposable(() => this.#end.abort()));
	}

	/** Sends one notice to each channel that is set. A failure is shown, and holds nothing up. */
	send(alerts: readonly Alert[]): void {
		for (const channel of ['ntfy', 'webhook'] as const) {
			// Only the user's own setting counts; a workspace's file sends nothing anywhere.
			const [setting] = this.#host.settings.byPlace(channelSettings[channel]);
			if (setting.trim() === '') continue;
			const line = this.#lines[channel];
			line.waiting = [...line.waiting, ...alerts];
			if (!line.isBusy) void this.#empty(channel, setting);
		}
	}

	get #allowsLocal(): boolean {
		return this.#host.settings.byPlace('alerts.allowLocalNetwork')[0];
	}

	/** One message at a time: what comes while a person is asked, or a server takes its time, goes together. */
	async #empty(channel: Channel, setting: string): Promise<void> {
		const line = this.#lines[channel];
		line.isBusy = true;
		while (line.waiting.length > 0 && !this.isDisposed) {
			const url = await this.#allowedUrl(channel, setting);
			const alerts = line.waiting;
			line.waiting = [];
			if (url !== null)
				await this.#send(channel, url, alerts).catch((error: unknown) => this.#complain(channel, error));
		}
		line.isBusy = false;
	}

	async #allowedUrl(channel: Channel, setting: string): Promise<string | null> {
		try {
			const url = channelUrl(channel, setting, this.#allowsLocal);
			return (await this.#isAllowed(this.#lines[channel], url)) ? url : null;
		} catch (error) {
			this.#complain(channel, error);
			return null;
		}
	}

	/** The user's own setting stands for their yes, unless a rule of theirs or of a repository wants more. */
	async #isAllowed(line: Line, url: string): Promise<boolean> {
		if (line.refused === url) return false;
		const gate = await this.#gate();
		const call = { tool: 'quarterdeck_http_request', input: { method: 'POST', url }, cwd: homedir() };
		const allowance = { upTo: 'ORANGE', by: 'settings' } as const;
		const origin = { conversation: null, asker: 'Alerts', execution: null, step: null, allowance };
		const verdict = await gate.authorize(call, origin, this.#end.signal);
		if (verdict.isAllowed) return true;
		if (verdict.by === 'user') line.refused = url;
		throw new ExpectedError('alerts.refused', `Alerts are not sent: ${verdict.reason}`);
	}

	async #send(channel: Channel, url: string, alerts: readonly Alert[]): Promise<void> {
		const { secrets, context } = this.#host;
		const token = await secrets.get(`alerts.${channel}`);
		const { version } = context.extension.packageJSON as { readonly version: string };
		// What a server said stands in them, and goes out of the house.
		const clean = withoutSecretsIn(alerts);
		const message = channelCall(channel, url, clean, stormText(clean), token);
		await sendToChannel(message, { agent: agentName(version), allowsLocal: this.#allowsLocal }, this.#end.signal);
	}

	#complain(channel: Channel, error: unknown): void {
		if (this.isDisposed) return;
		const { clock, log, commands } = this.#host;
		const now = clock.monotonic();
		log.warn(`An alert could not be sent (${channel}): ${errorText(error)}`);
		const line = this.#lines[channel];
		if (now - line.complainedAt < complainMs) return;
		line.complainedAt = now;
		const actions = [
			{
				title: 'Open Setting',
				command: 'workbench.action.openSettings',
				args: [`quarterdeck.${channelSettings[channel]}`],
			},
		];
		void commands.showFailure(new ExpectedError('alerts.notSent', errorText(error), { actions }));
	}
}

function newLine(): Line {
	return { waiting: [], isBusy: false, complainedAt: -Infinity, refused: null };
}
