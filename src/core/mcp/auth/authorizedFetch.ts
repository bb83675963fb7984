import { auth, extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { PersonAuth } from './personAuth';

/** The server answers only to somebody who signs in, or signs in again with more rights. */
export class AuthNeeded extends Error {
	readonly reason: 'signIn' | 'moreRights';
	/** What the server said is needed. */
	readonly scope: string | undefined;
	readonly resourceMetadataUrl: URL | undefined;

	constructor(reason: 'signIn' | 'moreRights', response: Response) {
		super('The server needs a sign-in');
		this.name = 'AuthNeeded';
		this.reason = reason;
		const { scope, resourceMetadataUrl } = extractWWWAuthenticateParams(response);
		this.scope = scope;
		this.resourceMetadataUrl = resourceMetadataUrl;
	}
}

/**
 * Fetches with a person's token. Tokens are renewed before they end and when the server drops them early, once for all
 * calls that run: a second renewal with the same refresh token would end the session. What only a person can mend is
 * thrown as `AuthNeeded`; nothing is registered and no browser is opened from here.
 */
export function authorizedFetch(person: PersonAuth, serverUrl: URL): FetchLike {
	let renewing: Promise<void> | undefined;
	const renew = async (): Promise<void> => {
		await person.reload();
		if (!person.isExpired || !person.canRenew) return;
		await auth(person, { serverUrl }).catch(() => undefined); // The call then fails with 401, which is reported.
	};
	const renewOnce = (): Promise<void> => (renewing ??= renew().finally(() => (renewing = undefined)));
	const send = (address: string | URL, init: RequestInit | undefined): Promise<Response> => {
		const { accessToken } = person;
		const headers = new Headers(init?.headers);
		if (accessToken !== undefined) headers.set('authorization', `Bearer ${accessToken}`);
		return fetch(address, { ...init, headers });
	};
	return async (address, init) => {
		if (person.isExpired && person.canRenew) await renewOnce();
		const sent = person.accessToken;
		const first = await send(address, init);
		if (first.status === 403 && extractWWWAuthenticateParams(first).error === 'insufficient_scope') {
			await first.body?.cancel();
			throw new AuthNeeded('moreRights', first);
		}
		if (first.status !== 401) return first;
		await first.body?.cancel();
		if (sent !== undefined && sent === person.accessToken) {
			person.dropAccess(sent);
			await renewOnce();
		}
		if (person.accessToken === undefined || person.accessToken === sent) throw new AuthNeeded('signIn', first);
		const second = await send(address, init);
		if (second.status !== 401) return second;
		await second.body?.cancel();
		throw new AuthNeeded('signIn', second);
	};
}
