import { unzipSync } from 'fflate';
import { unreadable } from './document';

/** Bytes that an Office file may unpack to. Word and Excel files are about a tenth of their contents. */
const unpackedLimit = 500_000_000;

/** Refuses an Office file that would fill the memory: a few kilobytes can be packed so that they become gigabytes. */
export function checkArchive(bytes: Uint8Array): void {
	let size = 0;
	unzipSync(bytes, {
		filter: ({ originalSize }) => {
			size += originalSize;
			return false;
		},
	});
	if (size <= unpackedLimit) return;
	const megabytes = Math.round(size / 1e6).toLocaleString('en');
	throw unreadable(`unpacks to ${megabytes} MB; up to ${unpackedLimit / 1e6} MB are read. Attach a part of it.`);
}
