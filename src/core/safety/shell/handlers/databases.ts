import type { CommandCall, Handler, Judge } from '../call';
import { sortWords } from '../options';
import { isUnknown, plainField, unknownMark } from '../words';

/** Judges the statements of a database language. */
export function judgeSql(judge: Judge, text: string): void {
	const plain = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//gu, ' ');
	if (plain.includes(unknownMark)) judge.add('ORANGE', 'the statements are not known before they run');
	for (const statement of plain.split(';')) judgeStatement(judge, statement.trim());
}

function judgeStatement(judge: Judge, statement: string): void {
	const shown = statement.replaceAll(/\s+/gu, ' ');
	if (/\b(?:DROP|TRUNCATE)\b/iu.test(statement)) judge.add('RED', `“${shown}” throws data away`);
	else if (/\bALTER\s+TABLE\b[\s\S]*\bDROP\b/iu.test(statement)) judge.add('RED', `“${shown}” throws a column away`);
	else if (/\b(?:DELETE\s+FROM|UPDATE\s+\S+\s+SET)\b/iu.test(statement)) {
		const isAll = !/\bWHERE\b/iu.test(statement) || /\bWHERE\s+(?:1\s*=\s*1|true|1)\s*$/iu.test(statement);
		judge.add(isAll ? 'RED' : 'ORANGE', `“${shown}” changes ${isAll ? 'every row' : 'rows'}`);
	} else if (
		/^\s*(?:INSERT|REPLACE|CREATE|ALTER|MERGE|UPSERT|REINDEX|VACUUM|SET|BEGIN|COMMIT|CALL|EXEC|DO)\b/iu.test(statement)
	)
		judge.add('ORANGE', `“${shown}” changes the database`);
	if (
		/\b(?:GRANT|REVOKE|CREATE\s+(?:USER|ROLE)|ALTER\s+(?:USER|ROLE|SYSTEM)|LOAD_FILE|INTO\s+(?:OUT|DUMP)FILE|LOAD\s+DATA|COPY\b[\s\S]*\b(?:PROGRAM|TO|FROM)|pg_read_file|xp_cmdshell|load_extension)\b/iu.test(
			statement,
		)
	)
		judge.add('RED', `“${shown}” reaches files, programs or rights`);
	if (/^\s*(?:\\!|\\o|\\copy|\.shell|\.system|\.load|\.output|\.once|\.import|!)|\|\s*\w+\s*$/u.test(statement))
		judge.add('RED', `“${shown}” leaves the database`);
	if (
		/\b(?:FLUSHALL|FLUSHDB|SHUTDOWN|CONFIG\s+SET|SCRIPT|EVAL|dropDatabase|deleteMany\(\s*\{\s*\}|\.drop\(\)|\.remove\(\s*\{\s*\})/iu.test(
			statement,
		)
	)
		judge.add('RED', `“${shown}” throws data away`);
	else if (
		/\b(?:DEL|UNLINK|SET|HSET|LPUSH|RPUSH|ZADD|EXPIRE)\s+\S|\.(?:delete|update|insert|replace)(?:One|Many)?\(/u.test(
			statement,
		)
	)
		judge.add('ORANGE', `“${shown}” changes data`);
}

const database: Handler = (call, judge) => {
	const { name, args, stdin, scope } = call;
	const valued = [
		'-c',
		'--command',
		'-e',
		'--execute',
		'--eval',
		'-f',
		'--file',
		'-h',
		'--host',
		'-U',
		'--username',
		'-d',
		'--dbname',
		'-p',
		'--port',
		'-u',
		'--user',
		'-D',
		'--database',
		'-cmd',
		'-q',
		'-Q',
		'-n',
		'-a',
	];
	const { options, positional } = sortWords(args, valued);
	for (const { name: option, value } of options) {
		if (!value) continue;
		if (/^(?:-c|--command|-e|--execute|--eval|-cmd|-q|-Q)$/u.test(option)) judgeSql(judge, value.text);
		if (/^(?:-f|--file)$/u.test(option)) scriptFile(call, judge, value.text);
	}
	if (name === 'sqlite3' || name === 'sqlite' || name === 'duckdb') {
		if (positional[0]) judge.path(positional[0], 'write', scope);
		for (const field of positional.slice(1)) judgeSql(judge, field.text);
	} else if (name === 'redis-cli' && args.some(field => field.text === '--eval')) {
		judge.add('RED', 'redis-cli runs a script on the data');
	} else if (name === 'redis-cli') judgeSql(judge, positional.map(field => field.text).join(' '));
	else
		for (const field of positional)
			if (isUnknown(field)) judge.add('YELLOW', `${name} opens a database that is not known before it runs`);
	if (stdin.kind === 'text') judgeSql(judge, stdin.text);
	else if (stdin.kind === 'file') scriptFile(call, judge, stdin.path);
	else if (stdin.kind === 'pipe')
		judge.add('RED', `${name} runs whatever ${stdin.from.join(' | ') || 'another command'} prints`);
};

function scriptFile(call: CommandCall, judge: Judge, path: string): void {
	judge.path(plainField(path), 'read', call.scope);
	judge.add('ORANGE', `${call.name} runs the statements in ${path}`);
}

export const databaseHandlers: Readonly<Record<string, Handler>> = { database };
