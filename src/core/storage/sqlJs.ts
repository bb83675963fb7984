import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import type { Database, SqlJsStatic, Statement } from 'sql.js';
import { Lazy } from '../base/async';
import type { OpenDatabase, SqlDatabase, SqlRow, SqlStatement, SqlValue } from './sqlDatabase';

/**
 * Loads sql.js on first use.
 * @param wasmFile absolute path of `sql-wasm.wasm`, or of `sql-wasm.wasm.br`, which is the same compressed
 */
export function sqlJsEngine(wasmFile: string): Lazy<OpenDatabase> {
	return new Lazy<OpenDatabase>(async () => {
		const [{ default: initialise }, wasmBinary] = await Promise.all([import('sql.js'), readWasm(wasmFile)]);
		const engine: SqlJsStatic = await initialise({ wasmBinary: new Uint8Array(wasmBinary).buffer });
		return image => new SqlJsDatabase(new engine.Database(image));
	});
}

async function readWasm(file: string): Promise<Uint8Array> {
	const bytes = await readFile(file);
	return file.endsWith('.br') ? promisify(brotliDecompress)(bytes) : bytes;
}

/** Texts with a list of values in them differ from call to call; the oldest statements make room. */
const maxStatements = 256;

class SqlJsDatabase implements SqlDatabase {
	readonly #database: Database;
	readonly #statements = new Map<string, SqlJsStatement>();
	#isClosed = false;

	constructor(database: Database) {
		this.#database = database;
		// The file is memory already: a large cache of its pages, and waiting for a disk, would buy nothing.
		this.exec('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000');
	}

	exec(sql: string): void {
		this.#database.exec(sql);
	}

	prepare(sql: string): SqlStatement {
		let statement = this.#statements.get(sql);
		if (!statement) {
			statement = new SqlJsStatement(this.#database.prepare(sql));
			this.#statements.set(sql, statement);
			const [oldest] = this.#statements.keys();
			if (this.#statements.size > maxStatements && oldest !== undefined) {
				this.#statements.get(oldest)?.free();
				this.#statements.delete(oldest);
			}
		}
		return statement;
	}

	transaction<T>(work: () => T): T {
		this.#database.exec('BEGIN');
		try {
			const result = work();
			this.#database.exec('COMMIT');
			return result;
		} catch (error) {
			this.#database.exec('ROLLBACK');
			throw error;
		}
	}

	compact(): void {
		// Through a file of the engine's own, which is let go of afterwards; its heap would keep the size for good.
		this.#database.exec('PRAGMA temp_store=FILE; VACUUM; PRAGMA temp_store=MEMORY');
	}

	export(): Uint8Array {
		return this.#database.export();
	}

	dispose(): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		for (const statement of this.#statements.values()) statement.free();
		this.#database.close();
	}
}

class SqlJsStatement implements SqlStatement {
	readonly #statement: Statement;

	constructor(statement: Statement) {
		this.#statement = statement;
	}

	run(parameters: readonly SqlValue[] = []): void {
		try {
			this.#statement.bind(parameters as SqlValue[]);
			this.#statement.step();
		} finally {
			this.#statement.reset();
		}
	}

	get(parameters: readonly SqlValue[] = []): SqlRow | undefined {
		try {
			this.#statement.bind(parameters as SqlValue[]);
			return this.#statement.step() ? this.#statement.get() : undefined;
		} finally {
			this.#statement.reset();
		}
	}

	all(parameters: readonly SqlValue[] = []): SqlRow[] {
		const rows: SqlRow[] = [];
		try {
			this.#statement.bind(parameters as SqlValue[]);
			while (this.#statement.step()) rows.push(this.#statement.get());
			return rows;
		} finally {
			this.#statement.reset();
		}
	}

	free(): void {
		this.#statement.free();
	}
}
