import { homedir } from 'node:os';
import { errorText, ExpectedError } from '../../core/base/errors';
import { Owner, toDisposable } from '../../core/base/lifecycle';
import { channelCall, channelUrl, sendToChannel, type Channel } from '../../core/health/alerts/channel';
import { stormText } from '../../core/health/alerts/storm';
import type { Alert } from '../../core/ledger/machineEvents';
import type { Gate } from '../../core/safety/gate';
import { agentName } from '../../core/tools/web/guardedFetch';
import type { Host } from '../host/context';

const settingOf = { ntfy: 'alerts.ntfyTopic', webhook: 'alerts.webhook' } as const;
/** A channel that fails is said to fail once in so long. */
const complainMs = 60 * 60_000;

/** Sends alerts to where the user's own settings say. */
export class Channels extends Owner {
	readonly #host: Host;
	readonly #gate: () => Promise<Gate>;
	readonly #end = new AbortController();
	readonly #complainedAt = new Map<Channel, number>();

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
			const [setting] = this.#host.settings.byPlace(settingOf[channel]);
			if (setting.trim() === '') continue;
			this.#send(channel, setting, alerts).catch((error: unknown) => this.#complain(channel, error));
		}
	}

	async #send(channel: Channel, setting: string, alerts: readonly Alert[]): Promise<void> {
		const { secrets, context } = this.#host;
		const url = channelUrl(channel, setting);
		const gate = await this.#gate();
		const call = { tool: 'quarterdeck_http_request', input: { method: 'POST', url }, cwd: homedir() };
		const classification = gate.classify(call);
		const origin = { conversation: null, asker: 'Alerts', execution: null, step: null };
		if (classification.tier === 'BLACK')
			throw new ExpectedError(
				'alerts.refused',
				`Alerts are not sent: ${classification.reasons[0] ?? 'never allowed'}.`,
			);
		gate.record(call, classification, origin, 'allowed', 'settings');
		const token = await secrets.get('alerts.token');
		const { version } = context.extension.packageJSON as { readonly version: string };
		const message = channelCall(channel, url, alerts, stormText(alerts), token);
		await sendToChannel(message, agentName(version), this.#end.signal);
	}

	#complain(channel: Channel, error: unknown): void {
		if (this.isDisposed) return;
		const { clock, log, commands } = this.#host;
		const now = clock.monotonic();
		log.warn(`An alert could not be sent (${channel}): ${errorText(error)}`);
		if (now - (this.#complainedAt.get(channel) ?? -Infinity) < complainMs) return;
		this.#complainedAt.set(channel, now);
		const actions = [
			{ title: 'Open Setting', command: 'workbench.action.openSettings', args: [`quarterdeck.${settingOf[channel]}`] },
		];
		void commands.showFailure(new ExpectedError('alerts.notSent', errorText(error), { actions }));
	}
}
