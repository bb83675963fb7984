import type { SafetyContext, ToolCall } from './approval';
import type { Finding } from './finding';
import { namesMetadataService } from './metadata';
import { pathRules } from './paths';
import { hostFindings } from './policyRules';
import { judgeShell, judgeShellCall } from './shell/analysis';
import { judgeSql } from './shell/handlers/databases';

/** So much of a call's arguments is looked at; the person still sees all of it. */
const mostTexts = 300;
const mostLetters = 20_000;

const writingName = /write|edit|create|move|rename|delete|remove|save|put|update|append|replace|mkdir|copy|patch/iu;
const commandKey = /^(?:command|cmd|command_?line|shell|script|bash)$/iu;
const sqlKey = /^(?:sql|statement)$/iu;
/** A `query` may be one for a database, or words to look for. */
const sqlStart =
	/^\s*(?:--[^\n]*\n\s*)?(?:select|insert|update|delete|drop|create|alter|truncate|with|grant|revoke|merge|replace|copy|call|exec|vacuum|pragma)\b/iu;

/**
 * What the arguments of a tool that is not ours name: protected places, command lines, statements of databases and
 * machines. Where it is not known what the tool does with them, what it could do counts.
 */
export function argumentFindings(call: ToolCall, context: SafetyContext): readonly Finding[] {
	const rules = pathRules(context);
	const access = writingName.test(call.tool) ? 'write' : 'read';
	const findings: Finding[] = [];
	for (const { key, text } of textsIn(call.input)) {
		for (const path of pathsIn(text)) {
			const finding = rules.protection(path, call.cwd, access);
			if (finding) findings.push(finding);
		}
		if (namesMetadataService(text))
			findings.push({ tier: 'BLACK', reason: 'asks the cloud for this machine’s credentials' });
		findings.push(...hostFindings(text, context));
		if (commandKey.test(key)) findings.push(...judgeShell(text, call.cwd, context).findings.all());
		if (sqlKey.test(key) || (/^query$/iu.test(key) && sqlStart.test(text)))
			findings.push(...sqlFindings(text, call, context));
	}
	return findings;
}

function sqlFindings(text: string, call: ToolCall, context: SafetyContext): readonly Finding[] {
	return judgeShellCall(call.cwd, context, judge => judgeSql(judge, text)).all();
}

/** What in a text may be a path: the whole of it, when it looks like one, or what stands after `file:`. */
function pathsIn(text: string): readonly string[] {
	if (text.length > 4096 || text.includes('\n')) return [];
	const path = text.trim().replace(/^file:\/\/(?:localhost)?/iu, '');
	const isPath =
		/^(?:[~/]|\.{1,2}[/\\]|[a-z]:[/\\]|\.[\w-]+$)/iu.test(path) || (/[/\\]/u.test(path) && !/\s|:\/\//u.test(path));
	const isName = /^[\w.-]+$/u.test(path) && /^\.|\.(?:pem|key|p12|pfx|jks|kdbx|env)$|^(?:id_|credentials)/iu.test(path);
	return isPath || isName ? [path] : [];
}

interface KeyedText {
	readonly key: string;
	readonly text: string;
}

/** Every text in the arguments with the name it stands under, nested ones too. */
function textsIn(input: Readonly<Record<string, unknown>>): readonly KeyedText[] {
	const found: KeyedText[] = [];
	const pending: { readonly key: string; readonly value: unknown }[] = [{ key: '', value: input }];
	for (let next = pending.pop(); next && found.length < mostTexts; next = pending.pop()) {
		const { key, value } = next;
		if (typeof value === 'string') found.push({ key, text: value.slice(0, mostLetters) });
		else if (Array.isArray(value))
			pending.push(...value.slice(0, mostTexts).map((item: unknown) => ({ key, value: item })));
		else if (typeof value === 'object' && value !== null)
			pending.push(
				...Object.entries(value)
					.slice(0, mostTexts)
					.map(([name, item]) => ({ key: name, value: item as unknown })),
			);
	}
	return found;
}
