import {
	forEachChild,
	parse,
	type AndOr,
	type Command,
	type CommandNode,
	type ParsedScript,
	type Pipeline,
	type PipelineNode,
	type Redirection,
	type Statement,
	type SyntaxNode,
} from 'unbash';
import type { Tier } from '../../ledger/events';
import type { SafetyContext } from '../approval';
import { Findings, type FindingSource } from '../finding';
import { pathRules, type Access, type PathRules } from '../paths';
import { judgeAssignment } from './assignments';
import type { CommandCall, Judge } from './call';
import { judgeFields } from './commands';
import { grantPrefix } from './grantPrefix';
import { judgePath } from './pathFields';
import { isFetcher, noStdin, ShellScope, startValues, type Stdin } from './scope';
import { printedText } from './staticOutput';
import { expandWord, plainField, unknownMark, wordText, type Field, type WordScope } from './words';

const maxCommands = 3000;
const maxDepth = 16;
const maxLength = 200_000;

/** What a shell line amounts to. */
export interface ShellVerdict {
	readonly findings: Findings;
	/** The parts that a grant must cover, with the words that people read. */
	readonly grants: readonly { readonly tier: Tier; readonly prefix: string }[];
}

/** Judges a line of bash that would run in `cwd`. */
export function judgeShell(line: string, cwd: string, context: SafetyContext): ShellVerdict {
	const analysis = new ShellAnalysis(context);
	const scope = new ShellScope([cwd], startValues(context.home, cwd));
	analysis.line(line, scope);
	return { findings: analysis.findings, grants: analysis.grants };
}

/** Judges what `judge` looks at, with a shell that stands in `cwd`. */
export function judgeShellCall(
	cwd: string,
	context: SafetyContext,
	judge: (judge: Judge, scope: ShellScope) => void,
): Findings {
	const analysis = new ShellAnalysis(context);
	judge(analysis, new ShellScope([cwd], startValues(context.home, cwd)));
	return analysis.findings;
}

class ShellAnalysis implements Judge {
	readonly context: SafetyContext;
	readonly rules: PathRules;
	readonly grants: { readonly tier: Tier; readonly prefix: string }[] = [];
	#findings = new Findings();
	#commands = 0;
	#depth = 0;
	/** Only the commands of the line itself are granted; what they run in turn belongs to them. */
	#isNested = false;

	constructor(context: SafetyContext) {
		this.context = context;
		this.rules = pathRules(context);
	}

	get findings(): Findings {
		return this.#findings;
	}

	add(tier: Tier, reason: string, by?: FindingSource): void {
		this.#findings.add({ tier, reason, ...(by ? { by } : {}) });
	}

	path(field: Field, access: Access, scope: ShellScope, isRecursive = false): void {
		for (const finding of judgePath(this.rules, field, access, scope, isRecursive)) this.#findings.add(finding);
	}

	line(text: string, scope: ShellScope, stdin: Stdin = noStdin): void {
		if (text.length > maxLength) return this.add('RED', 'the command is too long to be judged');
		if (text.includes(unknownMark)) this.add('RED', 'runs a command line that is put together while it runs');
		this.#script(parse(text), scope, stdin);
	}

	command(fields: readonly Field[], scope: ShellScope, stdin: Stdin = noStdin): void {
		if (fields.length === 0) return;
		this.#nested(() => judgeFields(this, this.#call(fields, scope, stdin)));
	}

	#call(fields: readonly Field[], scope: ShellScope, stdin: Stdin): CommandCall {
		return { name: fields[0]?.text ?? '', args: fields.slice(1), scope, stdin };
	}

	/** Guards against lines that would keep the gate busy: what is nested too deeply is not judged, but RED. */
	#nested(judge: () => void): void {
		if (this.#depth >= maxDepth || this.#commands++ > maxCommands) {
			this.add('RED', 'is nested too deeply or too long to be judged');
			return;
		}
		const wasNested = this.#isNested;
		this.#depth++;
		this.#isNested = true;
		try {
			judge();
		} finally {
			this.#depth--;
			this.#isNested = wasNested;
		}
	}

	#script(script: ParsedScript, scope: ShellScope, stdin: Stdin = noStdin): void {
		const problem = script.errors?.[0];
		if (problem) this.add('RED', `cannot be read as a shell command (${problem.message})`);
		this.#statements(script.commands, scope, stdin);
	}

	#statements(statements: readonly Statement[], scope: ShellScope, stdin: Stdin): void {
		for (const statement of statements) {
			if (statement.background) this.#pipeline(statement.command, scope.fork(), stdin);
			else this.#pipeline(statement.command, scope, stdin);
		}
	}

	#pipeline(node: PipelineNode | AndOr, scope: ShellScope, stdin: Stdin): void {
		if (node.type === 'AndOr') this.#andOr(node, scope, stdin);
		else if (node.type === 'Pipeline') this.#pipe(node, scope, stdin);
		else this.#node(node, scope, stdin, false);
	}

	#andOr(node: AndOr, scope: ShellScope, stdin: Stdin): void {
		const before = scope.cwds;
		let isChain = true;
		node.commands.forEach((command, index) => {
			if (index > 0 && node.operators[index - 1] === '||') {
				// The right side of `||` runs when something before it failed: perhaps the change of folder.
				isChain = false;
				scope.cwds = unite(before, scope.cwds);
			}
			if (command.type === 'Pipeline') this.#pipe(command, scope, stdin);
			else this.#node(command, scope, stdin, isChain && node.operators[index] === '&&');
		});
		scope.cwds = unite(before, scope.cwds);
	}

	#pipe(node: Pipeline, scope: ShellScope, stdin: Stdin): void {
		let input = stdin;
		const names: string[] = [];
		for (const command of node.commands) {
			// Each side of a pipe is a subshell of its own; a lone `! command` is not.
			const inner = node.commands.length > 1 ? scope.fork() : scope;
			this.#node(command, inner, input, false);
			if (command.type === 'Command') names.push(wordText(command.name, this.#wordScope(inner)).text);
			const text = command.type === 'Command' ? this.#printed(command, inner, input) : undefined;
			input = text === undefined ? { kind: 'pipe', from: [...names] } : { kind: 'text', text };
		}
	}

	#printed(command: Command, scope: ShellScope, stdin: Stdin): string | undefined {
		const name = command.name?.value ?? '';
		// A function or another PATH may print something else under the same name.
		if (scope.functions.has(name) || scope.isPathChanged) return undefined;
		return printedText(command, this.#silentScope(scope), stdin, scope.cwds);
	}

	#node(node: CommandNode, scope: ShellScope, stdin: Stdin, isCertain: boolean): void {
		switch (node.type) {
			case 'Command':
				return this.#simple(node, scope, stdin, isCertain);
			case 'Redirected':
				this.#redirections(node.redirects, scope);
				return this.#node(node.command, scope, this.#stdinOf(node.redirects, scope) ?? stdin, false);
			case 'Subshell':
				return this.#statements(node.body.commands, scope.fork(), stdin);
			case 'BraceGroup':
				return this.#statements(node.body.commands, scope, stdin);
			case 'Coproc':
				return this.#branch(node, scope.fork(), { kind: 'pipe', from: ['the rest of the line'] });
			case 'Function':
				scope.functions.add(node.name.value);
				if (callsItself(node, node.name.value)) this.add('RED', `${node.name.value} starts itself again and again`);
				return this.#functionBody(node.body, scope, stdin);
			case 'For':
			case 'Select': {
				const values = (node.wordlist ?? []).flatMap(word => expandWord(word, this.#wordScope(scope)));
				const hasGlob = node.wordlist === undefined || values.some(value => value.isGlob);
				scope.bind(node.name.value, hasGlob ? this.#globValues(values) : values.map(value => value.text));
				return this.#branch(node.body, scope, stdin, 2);
			}
			default:
				return this.#branch(node, scope, stdin, 2);
		}
	}

	#functionBody(body: SyntaxNode, scope: ShellScope, stdin: Stdin): void {
		const wasBody = scope.isFunctionBody;
		scope.isFunctionBody = true;
		this.#branch(body, scope, stdin);
		scope.isFunctionBody = wasBody;
	}

	/** `*.ts` in a `for` gives names inside one folder: the pattern itself stands for each of them. */
	#globValues(values: readonly Field[]): readonly string[] {
		return values.length === 0 ? [unknownMark] : values.map(value => value.text);
	}

	/**
	 * Judges all statements below a node. Loops are walked twice, as a later assignment reaches the next round; and
	 * the folder from before stays possible, as a branch may not run.
	 */
	#branch(node: SyntaxNode, scope: ShellScope, stdin: Stdin, rounds = 1): void {
		const before = scope.cwds;
		for (let round = 0; round < rounds; round++) {
			if (this.#depth >= maxDepth) return this.add('RED', 'is nested too deeply to be judged');
			this.#depth++;
			this.#children(node, scope, stdin);
			this.#depth--;
			scope.cwds = unite(before, scope.cwds);
		}
	}

	#children(node: SyntaxNode, scope: ShellScope, stdin: Stdin): void {
		if (node.type === 'Statement') return this.#statements([node], scope, stdin);
		// The command of a `coproc` stands in no statement of its own.
		if (node.type === 'Command') return this.#simple(node, scope, stdin, false);
		if (node.type === 'Word') return void expandWord(node, this.#wordScope(scope));
		if (node.type === 'Script') return this.#substitution(node, scope);
		if (node.type === 'Subshell') return this.#statements(node.body.commands, scope.fork(), stdin);
		if (node.type === 'Redirected') return this.#node(node, scope, stdin, false);
		if (node.type === 'TestCommand') this.#arithmeticInjection(node, scope);
		if (node.type === 'ArithmeticCommand' && /\[.*(?:\$\(|`)/su.test(node.body)) {
			this.add('RED', 'hides a command inside arithmetic');
		}
		forEachChild(node, child => this.#children(child, scope, stdin));
	}

	/** `[[ 'a[$(id)]' -eq 0 ]]` runs `id`: the shell evaluates quoted text as arithmetic. */
	#arithmeticInjection(node: SyntaxNode, scope: ShellScope): void {
		forEachChild(node, child => {
			if (child.type === 'Word') {
				const text = wordText(child, this.#silentScope(scope)).text;
				if (/\[.*(?:\$\(|`)/su.test(text)) this.add('RED', 'hides a command inside a comparison');
			} else this.#arithmeticInjection(child, scope);
		});
	}

	#simple(node: Command, scope: ShellScope, stdin: Stdin, isCertain: boolean): void {
		if (this.#commands++ > maxCommands) return this.add('RED', 'is too long to be judged');
		const outer = this.#findings;
		const own = new Findings();
		this.#findings = own;
		const source = node.name ? [node.name, ...node.args] : [];
		const names = source.flatMap(part => [...part.text.matchAll(/\$\{?([a-z_]\w*)/giu)].map(match => match[1] ?? ''));
		let first: readonly Field[] = [];
		scope.forEachReading(names, () => {
			const fields = this.#simpleReading(node, scope, stdin, isCertain);
			if (first.length === 0) first = fields;
		});
		this.#findings = outer;
		for (const finding of own.all()) outer.add(finding);
		if (own.tier !== 'GREEN' && !this.#isNested) {
			this.grants.push({ tier: own.tier, prefix: grantPrefix(first, own.tier, node) });
		}
	}

	#simpleReading(node: Command, scope: ShellScope, stdin: Stdin, isCertain: boolean): readonly Field[] {
		const words = this.#wordScope(scope);
		for (const part of node.prefix) {
			if (part.type === 'Assignment') judgeAssignment(this, part, scope, words, node.name !== undefined);
		}
		const fields = [
			...(node.name ? expandWord(node.name, words) : []),
			...node.args.flatMap(part => this.#argument(part, scope, words)),
		];
		this.#redirections(node.redirects, scope);
		const input = this.#stdinOf(node.redirects, scope) ?? stdin;
		this.#noteWritten(node, scope, stdin);
		const name = fields[0]?.text ?? '';
		if (['cd', 'pushd', 'popd', 'chdir'].includes(name)) this.#changeFolder(name, fields, scope, isCertain);
		else if (fields.length > 0) judgeFields(this, this.#call(fields, scope, input));
		return fields;
	}

	/** Remembers what a redirection writes, for the case that the same line runs it. */
	#noteWritten(node: Command, scope: ShellScope, stdin: Stdin): void {
		const names = [node.name?.value ?? '', ...(stdin.kind === 'pipe' ? stdin.from : [])];
		for (const redirection of node.redirects) {
			if (redirection.type !== 'Redirect' || !/>/u.test(redirection.operator)) continue;
			const target = wordText(redirection.target, this.#silentScope(scope)).text;
			scope.noteWritten(target, {
				text: this.#printed(node, scope, stdin),
				isFetched: names.some(name => isFetcher(name)),
			});
		}
	}

	#argument(part: Command['args'][number], scope: ShellScope, words: WordScope): readonly Field[] {
		if (part.type === 'Word') return expandWord(part, words);
		// `export X=1`: the assignment counts, and stays an argument of the command.
		judgeAssignment(this, part, scope, words, false);
		const value = part.value.type === 'Word' ? wordText(part.value, words).text : unknownMark;
		return [plainField(`${part.name}=${value}`)];
	}

	#changeFolder(name: string, fields: readonly Field[], scope: ShellScope, isCertain: boolean): void {
		const target = fields.slice(1).find(field => !/^-[LPe@]*$/u.test(field.text) || field.text === '-')?.text;
		if (target === undefined && name === 'cd') scope.changeFolder(this.context.home, isCertain);
		else if (target === undefined || target === '-' || /^[+-]\d/u.test(target)) scope.cwds = [];
		else if (target.includes(unknownMark) || /[*?[]/u.test(target)) scope.changeFolder(undefined, isCertain);
		else scope.changeFolder(/^[~/]|^[a-z]:/iu.test(target) ? this.rules.absolute(target, '/') : target, isCertain);
	}

	#redirections(redirections: readonly Redirection[], scope: ShellScope): void {
		const words = this.#wordScope(scope);
		for (const redirection of redirections) {
			if (redirection.type === 'HereDoc') {
				if (!redirection.delimiter?.quoted) this.#hereDocument(redirection.body.parts, scope);
				continue;
			}
			const target = wordText(redirection.target, words);
			if (redirection.type === 'HereString' || target.process) continue;
			const isDuplicate = redirection.operator.endsWith('&') && /^(?:\d+-?|-)$/u.test(target.text);
			if (!isDuplicate) this.path(target, /^<&?$/u.test(redirection.operator) ? 'read' : 'write', scope);
		}
	}

	#hereDocument(parts: readonly SyntaxNode[] | undefined, scope: ShellScope): void {
		for (const part of parts ?? []) this.#children(part, scope, noStdin);
	}

	/** What the last input redirection feeds the command with. */
	#stdinOf(redirections: readonly Redirection[], scope: ShellScope): Stdin | undefined {
		let stdin: Stdin | undefined;
		for (const redirection of redirections) {
			if (redirection.type === 'HereDoc') stdin = { kind: 'text', text: redirection.body.text };
			else if (redirection.type === 'HereString' || redirection.operator === '<') {
				const target = wordText(redirection.target, this.#silentScope(scope));
				if (redirection.type === 'HereString') stdin = { kind: 'text', text: target.text };
				else stdin = target.process ? { kind: 'pipe', from: [] } : { kind: 'file', path: target.text };
			}
		}
		return stdin;
	}

	#substitution(script: ParsedScript, scope: ShellScope, stdin: Stdin = noStdin): void {
		this.#nested(() => this.#script(script, scope.fork(), stdin));
	}

	#wordScope(scope: ShellScope): WordScope {
		return {
			value: name => scope.value(name),
			evaluates: text => this.add('RED', `${text} runs something that cannot be told beforehand`),
			substitute: (script, text, isFed) => {
				if (!script) this.add('RED', `cannot read the commands in ${text}`);
				else this.#substitution(script, scope, isFed ? { kind: 'pipe', from: ['another command'] } : noStdin);
				return this.#printedBy(script, scope);
			},
		};
	}

	/** Evaluates words again without judging their substitutions a second time. */
	#silentScope(scope: ShellScope): WordScope {
		return { value: name => scope.value(name), substitute: script => this.#printedBy(script, scope) };
	}

	#printedBy(script: ParsedScript | undefined, scope: ShellScope): string | undefined {
		const only = script?.commands.length === 1 ? script.commands[0]?.command : undefined;
		return only?.type === 'Command' ? this.#printed(only, scope, noStdin)?.replace(/\n+$/u, '') : undefined;
	}
}

function unite(left: readonly string[], right: readonly string[]): readonly string[] {
	if (left === right) return left;
	return left.length === 0 || right.length === 0 ? [] : [...new Set([...left, ...right])];
}

/** A function that starts itself in a pipe or in the background is a fork bomb. */
function callsItself(node: SyntaxNode, name: string): boolean {
	let isFound = false;
	const visit = (child: SyntaxNode): void => {
		if (child.type === 'Pipeline' && child.commands.length > 1)
			isFound ||= child.commands.some(command => isCallOf(command, name));
		if (child.type === 'Statement' && child.background === true) isFound ||= isCallOf(child.command, name);
		forEachChild(child, visit);
	};
	forEachChild(node, visit);
	return isFound;
}

function isCallOf(node: SyntaxNode, name: string): boolean {
	return node.type === 'Command' && node.name?.value === name;
}
