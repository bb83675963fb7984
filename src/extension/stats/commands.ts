import * as vscode from 'vscode';
import { ExpectedError } from '../../core/base/errors';
import { otlpHeaders } from '../../core/stats/otlpExporter';
import { askText } from '../host/askText';
import type { Host } from '../host/context';
import { unlinked } from '../host/unlinked';
import type { StatsService } from './service';

/** How long a copied address may take to come up, milliseconds. */
const patienceMs = 10_000;
const lookMs = 100;

/** Copies where the server is. */
export async function copyAddress(host: Host, service: StatsService): Promise<void> {
	const address = `http://127.0.0.1:${await portOf(host, service)}`;
	await copy(address, `${address} is on the clipboard. Calls need the token.`);
}

/** Copies what callers must bring. */
export async function copyToken(service: StatsService): Promise<void> {
	await copy(
		await service.token(),
		'The token of the stats server is on the clipboard. Whoever has it can read what this machine does.',
	);
}

/** Makes another token. */
export async function newToken(service: StatsService): Promise<void> {
	await service.newToken();
	const picked = await vscode.window.showInformationMessage(
		'The stats server has a new token; the old one opens nothing any more.',
		'Copy Token',
	);
	if (picked) await copyToken(service);
}

/** Copies a call with its token, for a shell. */
export async function copyCurl(host: Host, service: StatsService): Promise<void> {
	const port = await portOf(host, service);
	await copy(
		`curl 'http://127.0.0.1:${port}/api/stats' -H 'Authorization: Bearer ${await service.token()}'`,
		'The call is on the clipboard. It holds the token of the stats server.',
	);
}

/** Asks for the headers of the export: they hold keys, so no setting has them. */
export async function setOtlpHeaders(host: Host): Promise<void> {
	const text = await askText({
		title: 'Headers of the Telemetry Export',
		prompt: 'name=value, with commas between several. Kept in the secret storage; empty: none.',
		placeHolder: 'authorization=Bearer …',
		password: true,
		validateInput: problemOf,
	});
	if (text === undefined) return;
	await host.secrets.set('otlp.headers', text.trim());
	const count = Object.keys(otlpHeaders(text)).length;
	const told = count === 0 ? 'no headers' : count === 1 ? '1 header' : `${count} headers`;
	void vscode.window.showInformationMessage(unlinked(`The telemetry export sends ${told} of yours now.`));
}

function problemOf(text: string): string | undefined {
	try {
		otlpHeaders(text);
		return undefined;
	} catch (error) {
		return ExpectedError.is(error) ? error.message : String(error);
	}
}

/** Says where the server is, to whoever has just turned it on. */
export async function tellServing(host: Host, service: StatsService): Promise<void> {
	const port = await portOf(host, service);
	const wished = host.settings.get('statsServer.port');
	const moved = port === wished ? '' : ` Port ${wished} is taken.`;
	const text = `The stats server is on: http://127.0.0.1:${port}.${moved} It answers programs of this machine that have its token.`;
	const picked = await vscode.window.showInformationMessage(
		unlinked(text),
		'Copy as curl',
		'Copy Address',
		'Copy Token',
	);
	if (picked === 'Copy as curl') await copyCurl(host, service);
	else if (picked === 'Copy Address') await copyAddress(host, service);
	else if (picked === 'Copy Token') await copyToken(service);
}

/** The server may just be starting. */
async function portOf(host: Host, service: StatsService): Promise<number> {
	if (!service.isOn) {
		const args = ['quarterdeck.statsServer.enable'];
		const actions = [{ title: 'Open Settings', command: 'workbench.action.openSettings', args }];
		throw new ExpectedError('stats-off', 'The stats server is off: a setting turns it on.', { actions });
	}
	if (!vscode.workspace.isTrusted) {
		const actions = [{ title: 'Manage Trust', command: 'workbench.trust.manage' }];
		throw new ExpectedError('not-trusted', 'The stats server is off while this workspace is not trusted.', { actions });
	}
	await service.look();
	const until = host.clock.monotonic() + patienceMs;
	for (;;) {
		const port = await service.port();
		if (port !== undefined) return port;
		if (host.clock.monotonic() > until)
			throw new ExpectedError('stats-not-started', 'The stats server could not be started; the output says why.', {
				actions: [{ title: 'Show Output', command: 'quarterdeck.showOutput' }],
			});
		await new Promise<void>(resolve => host.clock.after(lookMs, resolve));
	}
}

async function copy(text: string, said: string): Promise<void> {
	await vscode.env.clipboard.writeText(text);
	void vscode.window.showInformationMessage(unlinked(said));
}
