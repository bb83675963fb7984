import { useMemo, useState, type ReactElement } from 'react';
import { HighlightedCode } from '../shared/components/CodeBlock';

/** Entries of one object or list that are drawn at once. */
const pageSize = 200;
/** Characters of one text that are drawn before "Show all". */
const textSize = 2000;

/** JSON as nested lists that are opened level by level. What does not parse is shown as it is. */
export function JsonTree({ text }: { readonly text: string }): ReactElement {
	const parsed = useMemo(() => parse(text), [text]);
	if (parsed.problem !== null) {
		return (
			<>
				<p className="artifact-failure" role="alert">
					This is not valid JSON: {parsed.problem}
				</p>
				<HighlightedCode code={text} language="json" label="Source" />
			</>
		);
	}
	return (
		<ul className="json-tree mono" aria-label="JSON">
			<Entry name={null} value={parsed.value} isOpen />
		</ul>
	);
}

/** A number that JavaScript cannot hold as it is written: 12345678901234567890. */
class Written {
	readonly source: string;

	constructor(source: string) {
		this.source = source;
	}
}

type Revive = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const revive: Revive = (_, value, context) => {
	const source = context?.source;
	return typeof value === 'number' && source !== undefined && isOther(source, value) ? new Written(source) : value;
};

function parse(
	text: string,
): { readonly value: unknown; readonly problem: null } | { readonly value: null; readonly problem: string } {
	try {
		return { value: JSON.parse(text, revive), problem: null };
	} catch (error) {
		return { value: null, problem: error instanceof Error ? error.message : String(error) };
	}
}

/** Whether a number of many digits lost some. Short ones never do, however they are written. */
function isOther(source: string, value: number): boolean {
	return source.replaceAll(/[^\d]/gu, '').length > 15 && source !== String(value);
}

interface EntryProps {
	readonly name: string | null;
	readonly value: unknown;
	readonly isOpen?: boolean;
}

function Entry({ name, value, isOpen: isOpenAtFirst = false }: EntryProps): ReactElement {
	const label = name === null ? null : <span className="json-name">{name}: </span>;
	if (typeof value === 'object' && value !== null && !(value instanceof Written))
		return <Branch label={label} value={value} isOpen={isOpenAtFirst} />;
	return (
		<li className="json-leaf">
			{label}
			<Leaf value={value} />
		</li>
	);
}

function Leaf({ value }: { readonly value: unknown }): ReactElement {
	const [isWhole, setIsWhole] = useState(false);
	const kind = value === null ? 'null' : value instanceof Written ? 'number' : typeof value;
	const whole = value instanceof Written ? value.source : (JSON.stringify(value) ?? '');
	const isCut = !isWhole && whole.length > textSize;
	return (
		<>
			<span className={`json-value ${kind}`}>{isCut ? `${whole.slice(0, textSize)}…` : whole}</span>
			{isCut && (
				<button type="button" className="text-button" onClick={() => setIsWhole(true)}>
					{`Show all (${whole.length.toLocaleString('en')} characters)`}
				</button>
			)}
		</>
	);
}

interface BranchProps {
	readonly label: ReactElement | null;
	readonly value: object;
	readonly isOpen: boolean;
}

function Branch({ label, value, isOpen: isOpenAtFirst }: BranchProps): ReactElement {
	const [isOpen, setIsOpen] = useState(isOpenAtFirst);
	const [shown, setShown] = useState(pageSize);
	const keys = Object.keys(value);
	const summary = Array.isArray(value) ? `[${keys.length}]` : `{${keys.length}}`;
	return (
		<li>
			<button type="button" className="json-branch" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
				<span className={`codicon codicon-chevron-${isOpen ? 'down' : 'right'}`} aria-hidden="true" />
				{label}
				<span className="muted">{summary}</span>
			</button>
			{isOpen && (
				<ul>
					{keys.slice(0, shown).map(key => (
						<Entry key={key} name={key} value={(value as Record<string, unknown>)[key]} />
					))}
					{keys.length > shown && (
						<li>
							<button type="button" className="text-button" onClick={() => setShown(shown + pageSize * 5)}>
								{`Show more (${keys.length - shown})`}
							</button>
						</li>
					)}
				</ul>
			)}
		</li>
	);
}
