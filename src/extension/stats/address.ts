import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the stats server is, for the windows in which it is not. */
export class AddressFile {
	readonly #path: string;

	constructor(path: string) {
		this.#path = path;
	}

	/** `undefined` while no window serves. */
	async read(): Promise<number | undefined> {
		try {
			const { port } = JSON.parse(await readFile(this.#path, 'utf8')) as { readonly port?: unknown };
			return typeof port === 'number' ? port : undefined;
		} catch {
			return undefined; // Nobody has written it, or somebody is about to.
		}
	}

	async write(port: number | undefined): Promise<void> {
		if (port === undefined) return rm(this.#path, { force: true });
		await mkdir(dirname(this.#path), { recursive: true });
		await writeFile(this.#path, JSON.stringify({ port }));
	}
}
