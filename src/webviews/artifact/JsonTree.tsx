import { useMemo, useState, type ReactElement } from 'react';
import { HighlightedCode } from '../shared/components/CodeBlock';

/** Entries of one object or list that are drawn at once. */
const pageSize = 200;

/** JSON as a tree that is opened level by level. What does not parse is shown as it is. */
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
		<ul className="json-tree mono" role="tree" aria-label="JSON">
			<Entry name={null} value={parsed.value} isOpen />
		</ul>
	);
}

function parse(
	text: string,
): { readonly value: unknown; readonly problem: null } | { readonly value: null; readonly problem: string } {
	try {
		return { value: JSON.parse(text), problem: null };
	} catch (error) {
		return { value: null, problem: error instanceof Error ? error.message : String(error) };
	}
}

interface EntryProps {
	readonly name: string | null;
	readonly value: unknown;
	readonly isOpen?: boolean;
}

function Entry({ name, value, isOpen: isOpenAtFirst = false }: EntryProps): ReactElement {
	const [isOpen, setIsOpen] = useState(isOpenAtFirst);
	const [shown, setShown] = useState(pageSize);
	const label = name === null ? null : <span className="json-name">{name}: </span>;
	if (typeof value !== 'object' || value === null) {
		return (
			<li role="treeitem" className="json-leaf">
				{label}
				<span className={`json-value ${value === null ? 'null' : typeof value}`}>{JSON.stringify(value)}</span>
			</li>
		);
	}
	const entries = Object.entries(value);
	const summary = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
	return (
		<li role="treeitem" aria-expanded={isOpen}>
			<button type="button" className="json-branch" onClick={() => setIsOpen(!isOpen)}>
				<span className={`codicon codicon-chevron-${isOpen ? 'down' : 'right'}`} aria-hidden="true" />
				{label}
				<span className="muted">{summary}</span>
			</button>
			{isOpen && (
				<ul role="group">
					{entries.slice(0, shown).map(([key, child]) => (
						<Entry key={key} name={key} value={child} />
					))}
					{entries.length > shown && (
						<li>
							<button type="button" className="text-button" onClick={() => setShown(shown + pageSize * 5)}>
								{`Show more (${entries.length - shown})`}
							</button>
						</li>
					)}
				</ul>
			)}
		</li>
	);
}
