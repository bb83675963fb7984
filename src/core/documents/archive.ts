import { unzipSync, zipSync } from 'fflate';
import { unreadable } from './document';

/** Bytes of XML that are read of one Office file; a book of a thousand pages has some ten million. */
const xmlLimit = 200_000_000;

/** What Office puts a file with a password into, and what its old formats are. */
const compound = [0xd0, 0xcf, 0x11, 0xe0];

/**
 * The parts of an Office file that hold text, as an archive that is as large as it says. A few kilobytes can be packed so
 * that they become gigabytes, and say of themselves that they are small: so they are unpacked here, no further than they
 * say, and libraries read what came out.
 * @param old the extension of the format before: `doc`
 */
export function textParts(bytes: Uint8Array, old: string): Uint8Array {
	if (compound.every((byte, at) => bytes[at] === byte)) {
		throw unreadable(`is protected by a password, or is an old .${old}. Save it as .${old}x without a password first.`);
	}
	let size = 0;
	const parts = unzipSync(bytes, {
		filter: ({ name, size: packed, originalSize }) => {
			if (!/\.(?:xml|rels)$/iu.test(name)) return false;
			// Packing makes nothing larger by more than this: what says so would unpack to something else.
			if (packed > originalSize * 1.01 + 100)
				throw unreadable('is damaged: a part of it is not of the size that it says.');
			size += originalSize;
			if (size > xmlLimit) throw tooLarge(size);
			return true;
		},
	});
	return zipSync(parts, { level: 0 });
}

function tooLarge(size: number): Error {
	const megabytes = Math.round(size / 1e6).toLocaleString('en');
	return unreadable(`unpacks to ${megabytes} MB of text; up to ${xmlLimit / 1e6} MB are read. Attach a part of it.`);
}
