import { asId, type ConversationId, type ExecutionId, type StepId } from '../../base/ids';
import type { SqlDatabase, SqlRow, SqlValue } from '../../storage/sqlDatabase';
import { addUsage, noUsage, type ExecutionStatus, type StepStatus } from '../events';
import { joules, packId, unpackId, unpackUsage, type Names } from '../projection/packing';
import { isOpen, type Place } from '../projection/records';
import { toPlace } from '../projection/recordStore';
import { wordsOf } from '../projection/searchWords';
import { codeOf, firstEndedStatus, words } from '../projection/schema';
import type { ExecutionFilter, ExecutionRow, StepRow, UsageRow } from '../queries';

/** What every query needs: the rows, the names behind their numbers, and which hosts still live. */
export interface ReadContext {
	readonly database: SqlDatabase;
	readonly names: Names;
	/** Numbers of the names of hosts that run. What a dead one left open reads as interrupted. */
	readonly liveHosts: ReadonlySet<number>;
	/**
	 * Executions of the steps shown last. A text is asked for by its step alone, and an index for that would take more
	 * memory than anything but the rows; a step that is not here is looked for among all.
	 */
	readonly stepOwners: Map<StepId, number>;
}

const maxStepOwners = 50_000;

const executionColumns = `row, id, kind, trigger, status, title, agent, project, provider, model, conversation,
	started_at, ended_at, last_at, error, host`;
const defaultLimit = 200;

/** Executions, newest first. */
export function findExecutions(context: ReadContext, filter: ExecutionFilter): ExecutionRow[] {
	const conditions = ['kind IS NOT NULL'];
	const values: SqlValue[] = [];
	const where = (sql: string, ...bound: SqlValue[]): void => {
		conditions.push(sql);
		values.push(...bound);
	};
	if (filter.from !== undefined) where('started_at >= ?', filter.from);
	if (filter.to !== undefined) where('started_at < ?', filter.to);
	if (filter.before !== undefined) where('started_at < ?', filter.before);
	if (filter.statuses) where(statusCondition(context, filter.statuses));
	if (filter.kinds) where(`kind IN (${filter.kinds.map(kind => codeOf(words.kind, kind)).join(', ')})`);
	if (filter.agent !== undefined) where('agent = ?', context.names.find(filter.agent));
	if (filter.model !== undefined) {
		const model = context.names.find(filter.model);
		where('(model = ? OR row IN (SELECT execution FROM usage WHERE usage.model = ?))', model, model);
	}
	if (filter.project !== undefined) where('project = ?', context.names.find(filter.project));
	if (filter.conversation !== undefined) where('conversation = ?', context.names.find(filter.conversation));
	for (const word of searchWords(filter.text ?? '')) {
		// A common word is looked up while walking the rows in order; sorting all that hold it would take their memory.
		const row = isCommon(context.database, word) ? '+row' : 'row';
		where(`${row} IN (SELECT docid FROM search WHERE search MATCH ?)`, word);
	}
	return context.database
		.prepare(
			`SELECT ${executionColumns} FROM executions WHERE ${conditions.join(' AND ')}
			ORDER BY started_at DESC, row DESC LIMIT ?`,
		)
		.all([...values, filter.limit ?? defaultLimit])
		.map(row => toRow(context, row));
}

/** One execution with its steps and usage. */
export function readExecution(
	context: ReadContext,
	id: ExecutionId,
): {
	readonly execution: ExecutionRow;
	readonly steps: readonly StepRow[];
	readonly usage: readonly UsageRow[];
} | null {
	const row = context.database
		.prepare(`SELECT ${executionColumns} FROM executions WHERE id = ? AND kind IS NOT NULL`)
		.get([packId(id)]);
	if (!row) return null;
	const execution = toRow(context, row);
	return {
		execution,
		steps: readSteps(context, Number(row[0]), execution),
		usage: readUsage(context, Number(row[0]), id),
	};
}

/** Where a step's input or output stands; `null` when it has none, `undefined` when there is no such step. */
export function placeOfStepText(
	context: ReadContext,
	step: StepId,
	part: 'input' | 'output',
): Place | null | undefined {
	const columns = `${part}_segment, ${part}_offset, ${part}_length`;
	const id = packId(step);
	const { database, stepOwners } = context;
	const find = `SELECT execution, ${columns} FROM execution_steps WHERE`;
	const owner = stepOwners.get(step);
	const row =
		(owner === undefined ? undefined : database.prepare(`${find} execution = ? AND id = ?`).get([owner, id])) ??
		database.prepare(`${find} id = ?`).get([id]);
	if (!row) return undefined;
	stepOwners.set(step, Number(row[0]));
	return toPlace(row, 1);
}

/** Executions that a host left open, by host. */
export function openHosts(database: SqlDatabase): number[] {
	return database
		.prepare(`SELECT DISTINCT host FROM executions WHERE status < ${firstEndedStatus}`)
		.all()
		.map(row => Number(row[0]));
}

/** The executions that a host left open. */
export function openExecutionsOf(database: SqlDatabase, host: number): ExecutionId[] {
	return database
		.prepare(`SELECT id FROM executions WHERE status < ${firstEndedStatus} AND host = ?`)
		.all([host])
		.map(row => asId<ExecutionId>(unpackId(row[0])));
}

function statusCondition(context: ReadContext, statuses: readonly ExecutionStatus[]): string {
	const live = [...context.liveHosts].join(', ');
	const parts = statuses.map(status => {
		if (status === 'interrupted') return `(status < ${firstEndedStatus} AND host NOT IN (${live}))`;
		const code = codeOf(words.status, status);
		return isOpen(code) ? `(status = ${code} AND host IN (${live}))` : `status = ${code}`;
	});
	return parts.length > 0 ? `(${parts.join(' OR ')})` : '0';
}

/** Words as FTS4 takes them; the last one matches as a prefix. What is not a letter or digit separates words. */
function searchWords(text: string): string[] {
	const found = wordsOf(text);
	return found.map((word, index) => (index === found.length - 1 ? `${word}*` : word));
}

function isCommon(database: SqlDatabase, word: string): boolean {
	const found = database
		.prepare('SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT 2000)')
		.get([word]);
	return Number(found?.[0]) >= 2000;
}

function statusOf(context: ReadContext, code: number, host: SqlValue | undefined): ExecutionStatus {
	if (isOpen(code) && !context.liveHosts.has(Number(host))) return 'interrupted';
	return words.status[code] as ExecutionStatus;
}

function toRow(context: ReadContext, row: SqlRow): ExecutionRow {
	const { names } = context;
	const name = (value: SqlValue | undefined): string | null => names.textOf(value) || null;
	const status = statusOf(context, Number(row[4]), row[15]);
	const usages = readUsage(context, Number(row[0]), asId<ExecutionId>(unpackId(row[1])));
	const known = usages.flatMap(usage => (usage.cost === null ? [] : [usage.cost]));
	const bases = new Set(usages.map(usage => usage.basis));
	return {
		id: asId<ExecutionId>(unpackId(row[1])),
		kind: words.kind[Number(row[2])]!,
		trigger: words.trigger[Number(row[3])]!,
		status,
		title: String(row[5]),
		agent: name(row[6]),
		project: name(row[7]),
		provider: names.textOf(row[8]),
		model: name(row[9]),
		conversation: name(row[10]) as ConversationId | null,
		startedAt: Number(row[11]),
		// Nobody wrote when an interrupted one ended: its last sign of life is the nearest that is known.
		endedAt: status === 'interrupted' ? Number(row[13]) : row[12] === null ? null : Number(row[12]),
		error: row[14] === null ? null : String(row[14]),
		usage: usages.reduce((sum, { usage }) => addUsage(sum, usage), noUsage),
		cost: known.length > 0 ? known.reduce((sum, cost) => sum + cost, 0) : null,
		basis: (['unpriced', 'priced', 'reported'] as const).find(basis => bases.has(basis)) ?? null,
		stepCount: Number(
			context.database
				.prepare('SELECT count(*) FROM execution_steps WHERE execution = ? AND kind IS NOT NULL')
				.get([row[0]!])?.[0],
		),
	};
}

function readSteps(context: ReadContext, row: number, execution: ExecutionRow): StepRow[] {
	const isOver = !['running', 'waiting'].includes(execution.status);
	if (context.stepOwners.size > maxStepOwners) context.stepOwners.clear();
	return context.database
		.prepare(
			`SELECT id, parent, kind, name, title, status, started_at, ended_at, usage, cost, input_bytes, output_bytes
			FROM execution_steps WHERE execution = ? AND kind IS NOT NULL ORDER BY started_at, coalesce(input_offset, 0), id`,
		)
		.all([row])
		.map(step => {
			context.stepOwners.set(asId<StepId>(unpackId(step[0])), row);
			return toStep(context, step, execution.id, isOver);
		});
}

function toStep(context: ReadContext, step: SqlRow, execution: ExecutionId, isOver: boolean): StepRow {
	return {
		id: asId<StepId>(unpackId(step[0])),
		execution,
		parent: step[1] === null ? null : asId<StepId>(unpackId(step[1])),
		kind: words.stepKind[Number(step[2])]!,
		name: context.names.textOf(step[3]),
		title: String(step[4]),
		// A step that its execution did not wait for never told its end.
		status: isOpen(Number(step[5])) && isOver ? 'interrupted' : (words.status[Number(step[5])] as StepStatus),
		startedAt: Number(step[6]),
		endedAt: step[7] === null ? null : Number(step[7]),
		usage: step[8] === null ? null : unpackUsage(String(step[8])),
		cost: step[9] === null ? null : Number(step[9]),
		inputBytes: Number(step[10]),
		outputBytes: Number(step[11]),
	};
}

function readUsage({ database, names }: ReadContext, row: number, execution: ExecutionId): UsageRow[] {
	return database
		.prepare(
			`SELECT provider, model, input, output, cache_read, cache_write_5m, cache_write_1h, cost, basis, final, joules
			FROM usage WHERE execution = ?`,
		)
		.all([row])
		.map(usage => ({
			execution,
			provider: names.textOf(usage[0]),
			model: names.textOf(usage[1]),
			usage: {
				input: Number(usage[2]),
				output: Number(usage[3]),
				cacheRead: Number(usage[4]),
				cacheWrite5m: Number(usage[5]),
				cacheWrite1h: Number(usage[6]),
				...joules(usage[10]),
			},
			cost: usage[7] === null ? null : Number(usage[7]),
			basis: words.basis[Number(usage[8])]!,
			isFinal: usage[9] === 1,
		}));
}
