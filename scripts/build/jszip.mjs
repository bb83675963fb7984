// What the reader of Word files asks of `jszip`, by the zip library that the package holds anyway.
import { unzipSync } from 'fflate';

export async function loadAsync(bytes) {
	const parts = new Map(Object.entries(unzipSync(new Uint8Array(bytes))));
	return {
		file(name) {
			const part = parts.get(name);
			return part === undefined ? null : { async: async () => part };
		},
	};
}
