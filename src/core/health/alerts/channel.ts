import { lookup as systemLookup } from 'node:dns/promises';
import { ExpectedError } from '../../base/errors';
import { isLoopback } from '../../providers/connection';
import type { Alert, Severity } from '../../ledger/machineEvents';
import { isLocalNetworkAddress, isPublicAddress } from '../../tools/web/addresses';
import { guardedFetch, type FetchPorts } from '../../tools/web/guardedFetch';

/** Where alerts are sent besides the window. */
export type Channel = 'ntfy' | 'webhook';

const limits = { bytes: 64 * 1024, ms: 15_000, redirects: 0 };
const ntfyServer = 'https://ntfy.sh';

/** Of a storm, whoever reads it on a telephone wants the worst; ntfy takes 4 KB. */
const mostLines = 20;
const most = 100;

/** One message to a channel. */
export interface ChannelCall {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/**
 * The address of a channel as a setting has it. A plain word is a topic of ntfy.sh.
 * @param allowsLocal whether the user lets alerts go into the local network, where http is common
 * @throws `ExpectedError` with a sentence when it may not be used
 */
export function channelUrl(channel: Channel, setting: string, allowsLocal: boolean): string {
	const text = setting.trim();
	const isTopic = channel === 'ntfy' && /^[\w-]{1,64}$/u.test(text);
	const url = isTopic ? `${ntfyServer}/${text}` : text;
	const refuse = (why: string): never => {
		throw new ExpectedError('alerts.badAddress', `Alerts are not sent to “${shortened(text)}”: ${why}`);
	};
	if (!URL.canParse(url)) return refuse('it is no address.');
	const { protocol, username, password, searchParams } = new URL(url);
	if (username !== '' || password !== '') return refuse('it holds a name or a password.');
	const secret = [...searchParams.keys()].find(name => /auth|key|token|secret|password|sig/iu.test(name));
	if (secret !== undefined)
		return refuse(`its “${secret}” looks like a secret. Take it out, and store it with “Set Token for Alerts…”.`);
	if (protocol === 'https:') return url;
	if (protocol === 'http:' && (allowsLocal || isLoopback(url))) return url;
	return refuse(
		`only https, and http on this machine, is used. For http in your own network turn on “Allow Local Network”.`,
	);
}

/** What is sent. The token goes with it as a header, never in the address. */
export function channelCall(
	channel: Channel,
	url: string,
	alerts: readonly Alert[],
	title: string,
	token: string | undefined,
): ChannelCall {
	const auth = token === undefined ? {} : { authorization: `Bearer ${token}` };
	const [first] = alerts;
	if (channel === 'webhook') {
		const body = JSON.stringify({
			source: 'quarterdeck',
			title,
			count: alerts.length,
			alerts: alerts.slice(0, most).map(told),
		});
		return { url, headers: { 'content-type': 'application/json', ...auth }, body };
	}
	const severity = first?.severity ?? 'medium';
	const listed = alerts.slice(0, mostLines).map(alert => `${alert.title} (${alert.severity})`);
	const more = alerts.length > mostLines ? [`and ${alerts.length - mostLines} more`] : [];
	const lines = alerts.length > 1 ? [...listed, ...more] : [first?.cause ?? ''];
	return {
		url,
		headers: {
			'content-type': 'text/plain; charset=utf-8',
			title: headerText(title),
			priority: priorities[severity],
			tags: 'rotating_light',
			...auth,
		},
		body: lines.join('\n'),
	};
}

/**
 * Whether a message to `url` may go to `address`: of the public internet, or of the local network where the user allows
 * it, and for this machine to this machine, whatever name servers say. What is not encrypted does not leave the house.
 */
export function mayReach(url: string, address: string, allowsLocal: boolean): boolean {
	if (isLoopback(url)) return address === '::1' || address.startsWith('127.');
	const isPublic = url.startsWith('https:') && isPublicAddress(address);
	return isPublic || (allowsLocal && isLocalNetworkAddress(address));
}

/** Sends a message to an address that `mayReach` allows; a redirect is a failure. */
export async function sendToChannel(
	call: ChannelCall,
	{ agent, allowsLocal }: { readonly agent: string; readonly allowsLocal: boolean },
	signal: AbortSignal,
): Promise<void> {
	const ports: FetchPorts = {
		lookup: host => systemLookup(host, { all: true }),
		isAllowed: address => mayReach(call.url, address, allowsLocal),
		agent,
	};
	const ask = { method: 'POST', body: call.body };
	const { status } = await guardedFetch(call.url, ports, limits, signal, call.headers, ask).catch((error: unknown) => {
		if (!ExpectedError.is(error, 'private-address')) throw error;
		const why = refusal(call.url, allowsLocal);
		throw new ExpectedError('alerts.refused', `Alerts are not sent to ${new URL(call.url).host}: ${why}`);
	});
	if (status >= 200 && status < 300) return;
	throw new ExpectedError('alerts.refused', `${new URL(call.url).host} answered an alert with status ${status}.`);
}

function refusal(url: string, allowsLocal: boolean): string {
	if (isLoopback(url)) return 'it is not this machine.';
	const isPublic = url.startsWith('https:');
	if (allowsLocal) return `it is ${isPublic ? 'neither on the public internet nor' : 'not'} in your local network.`;
	return 'it is not on the public internet. For one in your own network turn on “Allow Local Network”.';
}

const priorities: Readonly<Record<Severity, string>> = { low: '2', medium: '3', high: '4', critical: '5' };

function told({ id, rule, severity, state, title, cause, subject, startedAt }: Alert): Record<string, unknown> {
	return { id, rule, severity, state, title, cause, subject, startedAt: new Date(startedAt).toISOString() };
}

/** Headers hold ASCII; ntfy reads the encoding of mails. */
function headerText(text: string): string {
	if (/^[\x20-\x7e]*$/u.test(text)) return text;
	return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

function shortened(text: string): string {
	return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
