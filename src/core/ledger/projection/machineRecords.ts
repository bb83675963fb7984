import type { SqlDatabase } from '../../storage/sqlDatabase';
import type { JournalLine } from '../journal/line';
import { hoursKept, minutesKept, type MachineEvent } from '../machineEvents';
import { packId, type Names } from './packing';
import { codeOf, words } from './schema';

interface Entry<E extends MachineEvent = MachineEvent> {
	readonly event: E;
	readonly line: Pick<JournalLine, 'host' | 'seq' | 'at'>;
}
type Of<Type extends MachineEvent['type']> = Extract<MachineEvent, { type: Type }>;

const hourMs = 3_600_000;

/**
 * The machine's minutes, its services' hours and changes of state, and alerts. What is older than is ever asked for
 * goes by the newest of its kind and not by a clock, so that every window keeps the same rows.
 */
export class MachineRecords {
	readonly #database: SqlDatabase;
	readonly #names: Names;
	readonly #batch: Entry[] = [];

	constructor(database: SqlDatabase, names: Names) {
		this.#database = database;
		this.#names = names;
	}

	apply(event: MachineEvent, line: JournalLine): void {
		this.#batch.push({ event, line });
	}

	/** Writes the batch. Returns what it changed. */
	save(): { readonly services: boolean; readonly alerts: boolean } {
		const types = new Set(this.#batch.map(({ event }) => event.type));
		for (const { event, line } of this.#batch) {
			if (event.type === 'metrics.recorded') this.#saveMinute({ event, line });
			else if (event.type === 'health.recorded') this.#saveHour({ event, line });
			else if (event.type === 'health.changed') this.#saveChange({ event, line });
			else this.#saveAlert({ event, line });
		}
		if (types.has('metrics.recorded')) this.#run('DELETE FROM system_metrics WHERE minute <= ?', this.#oldestMinute());
		if (types.has('health.recorded')) this.#run('DELETE FROM health_hours WHERE hour <= ?', this.#oldestHour());
		if (types.has('health.changed')) this.#run('DELETE FROM health_history WHERE at <= ?', this.#oldestChange());
		return {
			services: types.has('health.recorded') || types.has('health.changed'),
			alerts: types.has('alert.changed'),
		};
	}

	clear(): void {
		this.#batch.length = 0;
	}

	/** Whether the journal can do without an event: a newer one has taken its place, or it is too old to be asked for. */
	isOutdated(event: MachineEvent, { host, seq, at }: JournalLine): boolean {
		if (event.type === 'metrics.recorded') return event.minute <= this.#oldestMinute();
		if (event.type === 'health.changed') return at <= this.#oldestChange();
		if (event.type === 'alert.changed') return this.#seqOfAlert(event) !== seq;
		return event.hour <= this.#oldestHour() || this.#seqOfHour(event, this.#names.find(host)) > seq;
	}

	/** Forgets alerts that were over before this moment, milliseconds since 1970. */
	sweep(beforeAt: number): void {
		this.#run('DELETE FROM alerts WHERE ended_at < ?', beforeAt);
	}

	#saveMinute({ event, line }: Entry<Of<'metrics.recorded'>>): void {
		const host = this.#names.idOf(line.host);
		const known = this.#database
			.prepare('SELECT seq FROM system_metrics WHERE minute = ? AND host = ?')
			.get([event.minute, host]);
		if (known && Number(known[0]) >= line.seq) return;
		this.#database
			.prepare('INSERT OR REPLACE INTO system_metrics (minute, host, seq, metrics) VALUES (?, ?, ?, ?)')
			.run([event.minute, host, line.seq, JSON.stringify(event.values)]);
	}

	#saveHour({ event, line }: Entry<Of<'health.recorded'>>): void {
		const host = this.#names.idOf(line.host);
		if (this.#seqOfHour(event, host) >= line.seq) return;
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO health_hours (service, hour, host, seq, seconds, checks, failures, latency_sum, latency_max)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run([
				this.#names.idOf(event.service),
				event.hour,
				host,
				line.seq,
				JSON.stringify(event.seconds),
				event.checks,
				event.failures,
				event.latencySum,
				event.latencyMax,
			]);
	}

	#saveChange({ event, line }: Entry<Of<'health.changed'>>): void {
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO health_history (seq, host, at, service, state, previous, reason, intent)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run([
				line.seq,
				this.#names.idOf(line.host),
				line.at,
				this.#names.idOf(event.service),
				codeOf(words.healthState, event.state),
				codeOf(words.healthState, event.previous),
				event.reason,
				codeOf(words.intent, event.intent),
			]);
	}

	#saveAlert({ event, line }: Entry<Of<'alert.changed'>>): void {
		const { alert } = event;
		const known = this.#database.prepare('SELECT seq, state FROM alerts WHERE id = ?').get([packId(alert.id)]);
		const state = codeOf(words.alertState, alert.state);
		// Two windows at the same microsecond: the later state of an alert's life is what both come to.
		if (known && (Number(known[0]) > line.seq || (known[0] === line.seq && Number(known[1]) > state))) return;
		this.#database
			.prepare(
				`INSERT OR REPLACE INTO alerts (id, seq, rule, severity, state, title, cause, subject, started_at, ended_at, until,
					changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			)
			.run([
				packId(alert.id),
				line.seq,
				this.#names.idOf(alert.rule),
				codeOf(words.severity, alert.severity),
				state,
				alert.title,
				alert.cause,
				this.#names.idOf(alert.subject),
				alert.startedAt,
				alert.endedAt,
				alert.until,
				alert.by,
			]);
	}

	#seqOfHour(event: Of<'health.recorded'>, host: number): number {
		const known = this.#database
			.prepare('SELECT seq FROM health_hours WHERE service = ? AND hour = ? AND host = ?')
			.get([this.#names.find(event.service), event.hour, host]);
		return Number(known?.[0] ?? -1);
	}

	#seqOfAlert({ alert }: Of<'alert.changed'>): number | undefined {
		const known = this.#database.prepare('SELECT seq FROM alerts WHERE id = ?').get([packId(alert.id)]);
		return known && Number(known[0]);
	}

	#oldestMinute(): number {
		return this.#newest('max(minute) FROM system_metrics') - minutesKept;
	}

	#oldestHour(): number {
		return this.#newest('max(hour) FROM health_hours') - hoursKept;
	}

	#oldestChange(): number {
		return this.#newest('max(at) FROM health_history') - hoursKept * hourMs;
	}

	#newest(what: string): number {
		return Number(this.#database.prepare(`SELECT ${what}`).get()?.[0] ?? 0);
	}

	#run(sql: string, value: number): void {
		this.#database.prepare(sql).run([value]);
	}
}
