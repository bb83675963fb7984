import type { SqlDatabase, SqlValue } from '../../storage/sqlDatabase';
import type { Usage } from '../events';

/** A UUID takes 16 bytes in the database instead of 36; other ids stay text. */
export function packId(id: string): SqlValue {
	if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id)) return id;
	return Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));
}

export function unpackId(value: SqlValue | undefined): string {
	if (!(value instanceof Uint8Array)) return String(value);
	const hex = Buffer.from(value).toString('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** `2026-03-07` as 20260307: half the bytes, and months are a division away. */
export function packDay(day: string): number {
	return Number(day.replaceAll('-', ''));
}

export function unpackDay(day: number): string {
	const text = String(day).padStart(8, '0');
	return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

export function monthOf(day: number): number {
	return Math.floor(day / 100);
}

export function unpackMonth(month: number): string {
	const text = String(month).padStart(6, '0');
	return `${text.slice(0, 4)}-${text.slice(4)}`;
}

export function packUsage(usage: Usage): string {
	const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, gpuJoules } = usage;
	return [input, output, cacheRead, cacheWrite5m, cacheWrite1h, ...(gpuJoules === undefined ? [] : [gpuJoules])].join(
		' ',
	);
}

export function unpackUsage(text: string): Usage {
	const [input = 0, output = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, energy] = text
		.split(' ')
		.map(Number);
	return { input, output, cacheRead, cacheWrite5m, cacheWrite1h, ...joules(energy) };
}

/** The measured part of a usage; nothing where nothing was measured. */
export function joules(energy: SqlValue | undefined): Pick<Usage, 'gpuJoules'> {
	return typeof energy === 'number' ? { gpuJoules: energy } : {};
}

/** Repeated words (models, projects, tools, hosts, conversations) as small numbers. 0 is the empty name. */
export class Names {
	readonly #database: SqlDatabase;
	readonly #ids = new Map<string, number>();
	readonly #texts = new Map<number, string>();
	#unsaved: [number, string][] = [];
	#next = 0;

	constructor(database: SqlDatabase) {
		this.#database = database;
		for (const [id, text] of database.prepare('SELECT id, text FROM names').all()) {
			this.#keep(Number(id), String(text));
		}
	}

	/** The number of a text, new if it has none yet. */
	idOf(text: string | null): number {
		const known = this.#ids.get(text ?? '');
		if (known !== undefined) return known;
		const id = this.#next;
		this.#keep(id, text ?? '');
		this.#unsaved.push([id, text ?? '']);
		return id;
	}

	/** The number of a text that was seen before; one that no row can have otherwise. */
	find(text: string): number {
		return this.#ids.get(text) ?? -1;
	}

	textOf(id: SqlValue | undefined): string {
		return this.#texts.get(Number(id)) ?? '';
	}

	/** To be called inside the transaction that saves the rows which use the numbers. */
	save(): void {
		const insert = this.#database.prepare('INSERT INTO names (id, text) VALUES (?, ?)');
		for (const entry of this.#unsaved) insert.run(entry);
		this.#unsaved = [];
	}

	#keep(id: number, text: string): void {
		this.#ids.set(text, id);
		this.#texts.set(id, text);
		this.#next = Math.max(this.#next, id + 1);
	}
}
