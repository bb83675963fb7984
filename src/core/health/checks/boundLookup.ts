import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** All addresses of a name, as the system knows them. */
export type FindAddresses = (
	host: string,
	done: (error: NodeJS.ErrnoException | null, found: readonly LookupAddress[]) => void,
) => void;

const findAddresses: FindAddresses = (host, done) => lookup(host, { all: true }, done);

/**
 * Looks names up for connections that may not go everywhere: a public name can lead into a private network. The
 * connection goes to what was checked here, so that no name server can answer differently a second time.
 */
export function boundLookup(isAllowed: (address: string) => boolean, find = findAddresses): LookupFunction {
	return (host, { all = false }, done) =>
		find(host, (error, found) => {
			const closed = found?.find(({ address }) => !isAllowed(address));
			const [first] = found ?? [];
			if (error) done(error, '');
			else if (closed || !first)
				done(new Error(`${host} leads to ${closed?.address ?? 'no address'}, where this check may not go`), '');
			else if (all) done(null, [...found]);
			else done(null, first.address, first.family);
		});
}
