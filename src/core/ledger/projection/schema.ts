import type { SqlDatabase } from '../../storage/sqlDatabase';
import { memoryCategories, memorySources, memoryTiers } from '../events';
import { alertStates, healthStates, intents, severities } from '../machineEvents';

/**
 * Version of the tables. The projection is disposable: raising this makes every older snapshot useless, and the
 * journal is read again from its beginning. That is the whole of a migration.
 */
export const schemaVersion = 4;

/** Words kept as small numbers. New ones are added at the end: the numbers stand in snapshots. */
export const words = {
	kind: ['chat', 'flow', 'schedule', 'runbook'],
	trigger: ['user', 'schedule', 'flow', 'tool', 'alert', 'webhook', 'files', 'git'],
	/** What is below `succeeded` is open, and reads as interrupted once its host is dead. */
	status: ['running', 'waiting', 'succeeded', 'failed', 'stopped', 'refused'],
	stepKind: ['model', 'tool', 'node', 'approval'],
	basis: ['reported', 'priced', 'unpriced'],
	tier: ['GREEN', 'YELLOW', 'ORANGE', 'RED', 'BLACK'],
	decision: ['allowed', 'refused', 'expired'],
	memoryTier: memoryTiers,
	memoryCategory: memoryCategories,
	memorySource: memorySources,
	healthState: healthStates,
	intent: intents,
	severity: severities,
	alertState: alertStates,
} as const;

/** Statuses below this number are open. */
export const firstEndedStatus = words.status.indexOf('succeeded');

/** Number of a word; what is not in the list is a bug, since lines are checked when they are read. */
export function codeOf(list: readonly string[], word: string): number {
	return list.indexOf(word);
}

const rollupColumns = `
	model INTEGER NOT NULL, provider INTEGER NOT NULL, agent INTEGER NOT NULL, project INTEGER NOT NULL,
	cost INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
	executions INTEGER NOT NULL, unpriced INTEGER NOT NULL`;

/**
 * Text that may be large is not here: `…_segment, …_offset, …_length` say which line of the journal holds it.
 * `name` columns and all columns called after a name hold numbers of the table `names`. 0 is the empty name.
 */
const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE segments (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, offset INTEGER NOT NULL,
	lines INTEGER NOT NULL, rejected INTEGER NOT NULL, future INTEGER NOT NULL, first_at INTEGER, last_at INTEGER);

CREATE TABLE executions (
	row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
	kind INTEGER, trigger INTEGER, status INTEGER NOT NULL, title TEXT NOT NULL, error TEXT,
	agent INTEGER NOT NULL, project INTEGER NOT NULL, provider INTEGER NOT NULL, model INTEGER NOT NULL,
	conversation INTEGER NOT NULL, host INTEGER NOT NULL,
	started_at INTEGER, ended_at INTEGER, first_at INTEGER, last_at INTEGER,
	title_seq INTEGER NOT NULL, model_seq INTEGER NOT NULL, status_seq INTEGER NOT NULL);
CREATE INDEX executions_by_start ON executions (started_at) WHERE kind IS NOT NULL;
CREATE INDEX executions_by_conversation ON executions (conversation) WHERE conversation <> 0;
CREATE INDEX executions_open ON executions (host) WHERE status < ${firstEndedStatus};

CREATE TABLE execution_steps (
	execution INTEGER NOT NULL, id BLOB NOT NULL, parent BLOB, kind INTEGER, name INTEGER NOT NULL, title TEXT NOT NULL,
	status INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, usage TEXT, cost INTEGER,
	input_segment INTEGER, input_offset INTEGER, input_length INTEGER, input_bytes INTEGER NOT NULL,
	output_segment INTEGER, output_offset INTEGER, output_length INTEGER, output_bytes INTEGER NOT NULL,
	PRIMARY KEY (execution, id)) WITHOUT ROWID;

CREATE TABLE usage (
	execution INTEGER NOT NULL, provider INTEGER NOT NULL, model INTEGER NOT NULL, seq INTEGER NOT NULL,
	day INTEGER NOT NULL, final INTEGER NOT NULL, basis INTEGER NOT NULL, cost INTEGER,
	input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
	cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL, joules INTEGER,
	PRIMARY KEY (execution, provider, model)) WITHOUT ROWID;

CREATE TABLE cost_daily (day INTEGER NOT NULL, ${rollupColumns},
	PRIMARY KEY (day, model, provider, agent, project)) WITHOUT ROWID;
CREATE TABLE monthly_cost_summaries (month INTEGER NOT NULL, ${rollupColumns},
	PRIMARY KEY (month, model, provider, agent, project)) WITHOUT ROWID;
-- An execution of two models counts once a day, so its number is kept for each way of grouping:
-- level 0 by neither, 1 by provider, 2 by model (by both: cost_daily).
CREATE TABLE runs_daily (day INTEGER NOT NULL, level INTEGER NOT NULL, name INTEGER NOT NULL,
	agent INTEGER NOT NULL, project INTEGER NOT NULL, executions INTEGER NOT NULL, unpriced INTEGER NOT NULL,
	PRIMARY KEY (day, level, name, agent, project)) WITHOUT ROWID;
CREATE TABLE runs_monthly (month INTEGER NOT NULL, level INTEGER NOT NULL, name INTEGER NOT NULL,
	agent INTEGER NOT NULL, project INTEGER NOT NULL, executions INTEGER NOT NULL, unpriced INTEGER NOT NULL,
	PRIMARY KEY (month, level, name, agent, project)) WITHOUT ROWID;

CREATE TABLE approvals (
	id BLOB PRIMARY KEY, at INTEGER NOT NULL, execution BLOB, conversation INTEGER NOT NULL, tool INTEGER NOT NULL,
	tier INTEGER, decision INTEGER, decided_by TEXT, reason TEXT, decided_at INTEGER,
	effect_segment INTEGER, effect_offset INTEGER, effect_length INTEGER) WITHOUT ROWID;
CREATE INDEX approvals_by_time ON approvals (at);

CREATE TABLE chat_sessions (
	conversation INTEGER PRIMARY KEY, title TEXT, project INTEGER, provider INTEGER, session TEXT, archived INTEGER,
	options TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, known INTEGER NOT NULL, seqs TEXT NOT NULL);
CREATE TABLE chat_messages (
	conversation INTEGER NOT NULL, item BLOB NOT NULL, position REAL NOT NULL, seq INTEGER NOT NULL,
	removed INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
	PRIMARY KEY (conversation, item)) WITHOUT ROWID;
CREATE INDEX messages_in_order ON chat_messages (conversation, position, item);

CREATE TABLE memories (
	row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, seq INTEGER NOT NULL, tier INTEGER NOT NULL, category INTEGER NOT NULL,
	text TEXT, source INTEGER NOT NULL, confidence REAL NOT NULL, project INTEGER NOT NULL, conversation INTEGER NOT NULL,
	created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, used_at INTEGER);
CREATE VIRTUAL TABLE memory_search USING fts4(text, tokenize=unicode61);

CREATE TABLE system_metrics (
	minute INTEGER NOT NULL, host INTEGER NOT NULL, seq INTEGER NOT NULL, metrics TEXT NOT NULL, PRIMARY KEY (minute, host)) WITHOUT ROWID;
CREATE TABLE health_hours (
	service INTEGER NOT NULL, hour INTEGER NOT NULL, host INTEGER NOT NULL, seq INTEGER NOT NULL,
	seconds TEXT NOT NULL, checks INTEGER NOT NULL, failures INTEGER NOT NULL, latency_sum REAL NOT NULL,
	latency_max REAL NOT NULL, PRIMARY KEY (service, hour, host)) WITHOUT ROWID;
CREATE TABLE health_history (
	seq INTEGER NOT NULL, host INTEGER NOT NULL, at INTEGER NOT NULL, service INTEGER NOT NULL, state INTEGER NOT NULL,
	previous INTEGER NOT NULL, reason TEXT NOT NULL, intent INTEGER NOT NULL, PRIMARY KEY (seq, host)) WITHOUT ROWID;
CREATE INDEX health_history_by_service ON health_history (service, at);
CREATE TABLE alerts (
	id BLOB PRIMARY KEY, seq INTEGER NOT NULL, rule INTEGER NOT NULL, severity INTEGER NOT NULL, state INTEGER NOT NULL,
	title TEXT NOT NULL, cause TEXT NOT NULL, subject INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
	until INTEGER, changed_by TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alerts_by_start ON alerts (started_at);

CREATE VIRTUAL TABLE search USING fts4(text, content="", matchinfo="fts3", tokenize=unicode61);
`;

/** Makes the tables in an empty database. */
export function createSchema(database: SqlDatabase): void {
	database.transaction(() => {
		database.exec(tables);
		database.prepare("INSERT INTO names (id, text) VALUES (0, '')").run();
		database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run(['schema', String(schemaVersion)]);
	});
}
