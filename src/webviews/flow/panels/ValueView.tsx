import { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { Json } from '../../../core/base/json';
import type { ValuePlace } from '../../../core/flow/editorProtocol';
import type { StoredValue } from '../../../core/flow/engine/events';
import { Diff } from '../../shared/components/Diff';
import { IconButton } from '../../shared/components/IconButton';
import { formatBytes } from '../../shared/format';
import { useEditor } from '../context';
import { looksOf, type Look } from './looks';
import { Table } from './Table';

const NoteMarkdown = lazy(async () => ({ default: (await import('../canvas/NoteMarkdown')).NoteMarkdown }));

const lookTitles: Readonly<Record<Look, string>> = {
	text: 'Text',
	json: 'JSON',
	table: 'Table',
	markdown: 'Markdown',
	image: 'Image',
	diff: 'Diff',
};
const mostText = 200_000;

export interface ValueViewProps {
	readonly place: ValuePlace;
	readonly stored: StoredValue;
	/** The run is paused here: another value may be put in its place. */
	readonly canChange: boolean;
}

/** One value, in the way that reads best; the others are a press away. */
export function ValueView({ place, stored, canChange }: ValueViewProps): ReactElement {
	const editor = useEditor();
	const { value, isCut } = useValue(place, stored);
	const looks = useMemo(() => (value === undefined ? [] : looksOf(value)), [value]);
	const [chosen, setChosen] = useState<Look | null>(null);
	const [draft, setDraft] = useState<string | null>(null);
	const look = chosen !== null && looks.includes(chosen) ? chosen : looks[0];
	return (
		<div className="value">
			<div className="value-head">
				<strong>{place.port}</strong>
				<span className="muted">{formatBytes(stored.bytes)}</span>
				{looks.length > 1 && look !== undefined && (
					<LookPicker port={place.port} looks={looks} look={look} onPick={setChosen} />
				)}
				<span className="toolbar-space" />
				{canChange && value !== undefined && draft === null && (
					<IconButton
						icon="edit"
						label={`Change ${place.port}`}
						onClick={() => setDraft(JSON.stringify(value, null, 2))}
					/>
				)}
				{editor.has('openValue') && (
					<IconButton
						icon="go-to-file"
						label={`Open ${place.port} in an editor`}
						onClick={() => void editor.attempt('openValue', place)}
					/>
				)}
			</div>
			{draft !== null ? (
				<ValueEditor
					name={place.port}
					draft={draft}
					onDraft={setDraft}
					onKeep={next => {
						setDraft(null);
						void editor.attempt('setValue', { at: place, value: next });
					}}
				/>
			) : value === undefined || look === undefined ? (
				<pre className="value-text">{'blob' in stored ? `${stored.preview}…` : ''}</pre>
			) : (
				<ValueBody value={value} look={look} name={place.port} />
			)}
			{isCut && <p className="form-description">Only the beginning is shown. Open it in an editor to see all of it.</p>}
		</div>
	);
}

function LookPicker({
	port,
	looks,
	look,
	onPick,
}: {
	readonly port: string;
	readonly looks: readonly Look[];
	readonly look: Look;
	readonly onPick: (look: Look) => void;
}): ReactElement {
	return (
		<select
			className="form-input"
			aria-label={`How to show ${port}`}
			value={look}
			onChange={event => onPick(event.currentTarget.value as Look)}
		>
			{looks.map(each => (
				<option key={each} value={each}>
					{lookTitles[each]}
				</option>
			))}
		</select>
	);
}

function ValueBody({
	value,
	look,
	name,
}: {
	readonly value: Json;
	readonly look: Look;
	readonly name: string;
}): ReactElement {
	switch (look) {
		case 'table':
			return <Table rows={value as readonly Json[]} />;
		case 'markdown':
			return (
				<Suspense fallback={<pre className="value-text">{textOf(value)}</pre>}>
					<NoteMarkdown text={textOf(value)} />
				</Suspense>
			);
		case 'image':
			return <img className="value-image" src={imageSource(value)} alt={name} />;
		case 'diff':
			return <Diff diff={textOf(value)} label={name} />;
		case 'json':
			return <pre className="value-text mono">{JSON.stringify(value, null, 2).slice(0, mostText)}</pre>;
		case 'text':
			return <pre className="value-text">{textOf(value)}</pre>;
		default:
			return look satisfies never;
	}
}

function ValueEditor({
	name,
	draft,
	onDraft,
	onKeep,
}: {
	readonly name: string;
	readonly draft: string;
	readonly onDraft: (draft: string | null) => void;
	readonly onKeep: (value: Json) => void;
}): ReactElement {
	const read = readJson(draft);
	return (
		<div className="value-editor">
			<textarea
				className="form-input mono"
				aria-label={`New value of ${name}, as JSON`}
				aria-invalid={read === undefined}
				rows={6}
				autoFocus
				value={draft}
				onChange={event => onDraft(event.currentTarget.value)}
			/>
			{read === undefined && <p className="form-problem">This is not JSON.</p>}
			<div className="wait-buttons">
				<button
					type="button"
					className="text-button"
					disabled={read === undefined}
					onClick={() => {
						if (read !== undefined) onKeep(read);
					}}
				>
					Keep
				</button>
				<button type="button" className="text-button" onClick={() => onDraft(null)}>
					Leave as it was
				</button>
			</div>
		</div>
	);
}

/** A large value lies with the host and is fetched when it is looked at. */
function useValue(
	place: ValuePlace,
	stored: StoredValue,
): { readonly value: Json | undefined; readonly isCut: boolean } {
	const editor = useEditor();
	const blob = 'blob' in stored ? stored.blob : null;
	const { run } = place;
	const [fetched, setFetched] = useState<{ blob: string; value: Json; isCut: boolean } | null>(null);
	useEffect(() => {
		if (blob === null) return undefined;
		let isGone = false;
		void editor.attempt('blob', { run, blob }).then(answer => {
			if (!answer || isGone) return;
			const value = answer.isCut ? undefined : readJson(answer.text);
			setFetched({ blob, value: value ?? answer.text, isCut: answer.isCut });
		});
		return () => {
			isGone = true;
		};
	}, [editor, run, blob]);
	if ('value' in stored) return { value: stored.value, isCut: false };
	return fetched?.blob === blob ? fetched : { value: undefined, isCut: false };
}

function readJson(text: string): Json | undefined {
	try {
		return JSON.parse(text) as Json;
	} catch {
		// Half-written JSON is what stands there while one types.
		return undefined;
	}
}

function textOf(value: Json): string {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return text.slice(0, mostText);
}

function imageSource(value: Json): string {
	if (typeof value === 'string') return value;
	const { data, mediaType } = value as { readonly data?: string; readonly mediaType?: string };
	return `data:${mediaType ?? 'image/png'};base64,${data ?? ''}`;
}
