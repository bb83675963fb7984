import { forEachChild, type ParsedScript, type SyntaxNode, type Word, type WordPart } from 'unbash';

/** Stands in a field for what only the running shell knows. */
export const unknownMark = '\u{FFFC}';

/** One argument as the shell hands it to a program. */
export interface Field {
	/** What is known of it, with `unknownMark` where a part is not. */
	readonly text: string;
	/** An unquoted `*`, `?` or `[…]` stands in it. */
	readonly isGlob: boolean;
	/** The commands of `<(…)` or `>(…)`, where the field is one. */
	readonly process?: ParsedScript;
}

/** What evaluating a word needs to know and to report. */
export interface WordScope {
	/** A variable's value; undefined when it is not known. */
	value(name: string): string | undefined;
	/** Judges the commands of a substitution; the result is what they print, where that is known. `isFed`: of `>(…)`. */
	substitute(script: ParsedScript | undefined, text: string, isFed?: boolean): string | undefined;
	/** Takes note of an expansion that runs something which the parser does not show. */
	evaluates?(text: string): void;
}

/** Whether a part of the field is not known. */
export function isUnknown(field: Field): boolean {
	return field.text.includes(unknownMark);
}

/** A field of plain text. */
export function plainField(text: string): Field {
	return { text, isGlob: false };
}

/** Splits and expands a word as the shell does: `{a,b}` and unquoted variables may give several fields, or none. */
export function expandWord(word: Word, scope: WordScope): readonly Field[] {
	if (!word.parts) return [{ text: word.value, isGlob: false }];
	const builder = new FieldBuilder(scope);
	builder.parts(word.parts);
	return builder.finish();
}

/** A word's text without splitting, as in an assignment, a redirection or a here-document. */
export function wordText(word: Word | undefined, scope: WordScope): Field {
	if (!word) return plainField(unknownMark);
	const fields = expandWord(word, scope);
	const process = fields.find(field => field.process)?.process;
	return {
		text: fields.map(field => field.text).join(' '),
		isGlob: fields.some(field => field.isGlob),
		...(process ? { process } : {}),
	};
}

/** Judges every substitution below a node whose own text is not looked at. */
function judgeInner(node: SyntaxNode, scope: WordScope): void {
	forEachChild(node, child => {
		if (child.type === 'Script') scope.substitute(child, '');
		else judgeInner(child, scope);
	});
}

class FieldBuilder {
	readonly #scope: WordScope;
	/** Every reading of the word so far: braces multiply it. Each is a list of fields, the last one still open. */
	#readings: Field[][] = [[{ text: '', isGlob: false }]];
	#isQuoted = false;

	constructor(scope: WordScope) {
		this.#scope = scope;
	}

	parts(parts: readonly WordPart[]): void {
		for (const part of parts) this.#part(part);
	}

	finish(): readonly Field[] {
		const fields = this.#readings.flat();
		// An unquoted expansion to nothing is no argument at all.
		return this.#isQuoted ? fields : fields.filter(field => field.text !== '' || field.process);
	}

	#part(part: WordPart): void {
		switch (part.type) {
			case 'Literal':
				return this.#append(part.value);
			case 'SingleQuoted':
			case 'AnsiCQuoted':
				this.#isQuoted = true;
				return this.#append(part.value);
			case 'DoubleQuoted':
			case 'LocaleString':
				this.#isQuoted = true;
				for (const child of part.parts) this.#append(this.#single(child));
				return undefined;
			case 'Glob':
				if (part.kind === 'bracket') judgeInner(part, this.#scope);
				return this.#append(part.value, { isGlob: true });
			case 'ExtendedGlob':
				judgeInner(part, this.#scope);
				return this.#append('*', { isGlob: true });
			case 'BraceExpansion':
				judgeInner(part, this.#scope);
				return this.#braces(part.text);
			case 'ProcessSubstitution':
				this.#scope.substitute(part.script, part.text, part.operator === '>');
				return this.#append('/dev/fd/63', part.script ? { process: part.script } : {});
			default:
				return this.#split(this.#single(part));
		}
	}

	/** The text of one expansion. */
	#single(part: WordPart): string {
		switch (part.type) {
			case 'Literal':
				return part.value;
			case 'SimpleExpansion':
				return this.#variable(part.text.slice(1));
			case 'ParameterExpansion': {
				judgeInner(part, this.#scope);
				// `${x@P}` expands the value as a prompt, with its substitutions.
				// And a slash inside a substitution inside `${x/…/…}` is where the parser loses its way.
				if (part.operation?.type === 'Transform') this.#scope.evaluates?.(part.text);
				else if (part.operation?.type === 'Replace' && /[$<>]\(|`/u.test(part.text)) this.#scope.evaluates?.(part.text);
				if (part.prefix === '#') return '0';
				return part.operation || part.prefix || part.index ? unknownMark : this.#variable(part.parameter);
			}
			case 'CommandExpansion':
				return this.#scope.substitute(part.script, part.text) ?? unknownMark;
			case 'ArithmeticExpansion':
				judgeInner(part, this.#scope);
				return '0';
			default:
				return unknownMark;
		}
	}

	#variable(name: string): string {
		return /^[?#$!]$/u.test(name) ? '0' : (this.#scope.value(name) ?? unknownMark);
	}

	#append(text: string, extra: Partial<Field> = {}): void {
		for (const fields of this.#readings) {
			const last = fields.at(-1) ?? { text: '', isGlob: false };
			fields[Math.max(0, fields.length - 1)] = {
				...last,
				...extra,
				text: last.text + text,
				isGlob: last.isGlob || extra.isGlob === true,
			};
		}
	}

	/** An unquoted value is split at blanks, and its `*` match files. */
	#split(value: string): void {
		const pieces = value.split(/[ \t\n]+/u);
		pieces.forEach((piece, index) => {
			if (index > 0) for (const fields of this.#readings) fields.push({ text: '', isGlob: false });
			this.#append(piece, /[*?[]/u.test(piece) ? { isGlob: true } : {});
		});
	}

	#braces(text: string): void {
		const options = /[$`'"\\]/u.test(text) ? [unknownMark] : expandBraces(text);
		const next: Field[][] = [];
		for (const fields of this.#readings) {
			for (const option of options) {
				const last = fields.at(-1) ?? { text: '', isGlob: false };
				const isGlob = last.isGlob || /[*?[]/u.test(option);
				next.push([...fields.slice(0, -1), { ...last, text: last.text + option, isGlob }]);
			}
		}
		this.#readings = next.length > 64 ? [[plainField(unknownMark)]] : next;
	}
}

/** What `{a,b}` or `{1..3}` expands to; what is too large or nested oddly is not known. */
export function expandBraces(text: string): readonly string[] {
	const body = text.slice(1, -1);
	const range = /^(-?\d+|[a-z])\.\.(-?\d+|[a-z])(?:\.\.-?\d+)?$/iu.exec(body);
	if (range) {
		const [first, last] = [range[1] ?? '', range[2] ?? ''];
		return first === last ? [first] : [first, last];
	}
	const options: string[] = [];
	let depth = 0;
	let start = 0;
	for (let at = 0; at <= body.length; at++) {
		const character = body.charAt(at);
		if (character === '{') depth++;
		else if (character === '}') depth--;
		else if ((character === ',' && depth === 0) || at === body.length) {
			options.push(body.slice(start, at));
			start = at + 1;
		}
	}
	if (options.length < 2) return [text];
	return options.flatMap(option => expandNested(option)).slice(0, 65);
}

function expandNested(option: string): readonly string[] {
	const open = option.indexOf('{');
	if (open < 0) return [option];
	let depth = 0;
	for (let at = open; at < option.length; at++) {
		if (option.charAt(at) === '{') depth++;
		else if (option.charAt(at) === '}' && --depth === 0) {
			const rest = expandNested(option.slice(at + 1));
			const inner = expandBraces(option.slice(open, at + 1));
			return inner.flatMap(middle => rest.map(end => option.slice(0, open) + middle + end));
		}
	}
	return [option];
}
