import { rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from '../../../src/core/storage/sqlDatabase';

/** Node's own SQLite behind the ledger's port: the peer that every figure is compared with. */
export class NodeSqlite implements SqlDatabase {
	readonly #database: DatabaseSync;
	readonly #path: string;
	readonly #statements = new Map<string, NodeStatement>();

	constructor(path: string) {
		this.#path = path;
		this.#database = new DatabaseSync(path);
		this.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
	}

	exec(sql: string): void {
		this.#database.exec(sql);
	}

	prepare(sql: string): SqlStatement {
		let statement = this.#statements.get(sql);
		if (!statement) this.#statements.set(sql, (statement = new NodeStatement(this.#database.prepare(sql))));
		return statement;
	}

	transaction<T>(work: () => T): T {
		this.exec('BEGIN');
		const result = work();
		this.exec('COMMIT');
		return result;
	}

	compact(): void {
		this.exec('VACUUM');
	}

	export(): Uint8Array {
		throw new Error('The file is the image');
	}

	dispose(): void {
		this.#database.close();
	}

	remove(): void {
		for (const end of ['', '-wal', '-shm']) rmSync(this.#path + end, { force: true });
	}
}

class NodeStatement implements SqlStatement {
	readonly #statement: StatementSync;

	constructor(statement: StatementSync) {
		this.#statement = statement;
		(statement as { setReturnArrays?: (on: boolean) => void }).setReturnArrays?.(true);
	}

	run(parameters: readonly SqlValue[] = []): void {
		this.#statement.run(...parameters);
	}

	get(parameters: readonly SqlValue[] = []): SqlRow | undefined {
		return this.#statement.get(...parameters) as unknown as SqlRow | undefined;
	}

	all(parameters: readonly SqlValue[] = []): SqlRow[] {
		return this.#statement.all(...parameters) as unknown as SqlRow[];
	}
}
