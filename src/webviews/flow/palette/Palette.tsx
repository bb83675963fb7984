import { useMemo, useState, type ReactElement } from 'react';
import type { NodeTypeView } from '../../../core/flow/editorProtocol';
import { Codicon } from '../../shared/components/Codicon';
import { IconButton } from '../../shared/components/IconButton';
import { useCanvas, useEditor } from '../context';
import { addOps } from '../edits/add';
import { useStored } from '../state/store';
import { dragType } from './dragType';
import { searchTypes, sections } from './search';

/** Everything that can be put on the canvas: pull it there, or press it. */
export function Palette(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const [words, setWords] = useState('');
	const revision = useStored(editor.doc, doc => doc.revision);
	const canEdit = useStored(editor.doc, () => editor.canEdit);
	// oxlint-disable-next-line react/exhaustive-deps -- the catalogue is replaced with a new revision
	const types = useMemo(() => editor.catalog.list, [editor, revision]);
	const groups = useMemo(() => (words.trim() === '' ? sections(types) : null), [types, words]);
	const found = useMemo(() => (groups ? [] : searchTypes(types, words)), [groups, types, words]);
	const add = (type: NodeTypeView): void => {
		const { x, y } = canvas.middle;
		const { id, ops } = addOps(editor.index, type, { x: x - 112, y: y - 48 });
		if (!editor.apply(`Add ${type.title}`, ops)) return;
		editor.select([id]);
		canvas.reveal(id);
		editor.say(`${type.title} was added.`);
	};
	const entry = (type: NodeTypeView): ReactElement => (
		<PaletteEntry key={type.type} type={type} isDisabled={!canEdit} onAdd={add} />
	);
	return (
		<aside className="palette" aria-label="Nodes">
			<div className="side-head">
				<input
					className="form-input palette-search"
					type="search"
					placeholder="Search nodes"
					aria-label="Search nodes"
					value={words}
					onChange={event => setWords(event.currentTarget.value)}
					onKeyDown={event => {
						const [first] = found;
						if (event.key === 'Enter' && first && canEdit) add(first);
						if (event.key === 'Escape' && words !== '') {
							event.stopPropagation();
							setWords('');
						}
					}}
				/>
				<IconButton icon="close" label="Hide the palette" onClick={() => editor.ui.patch({ hasPalette: false })} />
			</div>
			<div className="palette-list">
				{groups?.map(({ category, types: list }) => (
					<details key={category} open>
						<summary>{category}</summary>
						{list.map(entry)}
					</details>
				))}
				{found.map(entry)}
				{!groups && found.length === 0 && <p className="side-empty">No node is called so or does that.</p>}
				{groups?.length === 0 && <p className="side-empty">No node types are known here.</p>}
			</div>
		</aside>
	);
}

function PaletteEntry({
	type,
	isDisabled,
	onAdd,
}: {
	readonly type: NodeTypeView;
	readonly isDisabled: boolean;
	readonly onAdd: (type: NodeTypeView) => void;
}): ReactElement {
	return (
		<button
			type="button"
			className="palette-entry"
			title={type.summary}
			draggable={!isDisabled}
			disabled={isDisabled}
			onDragStart={event => {
				event.dataTransfer.setData(dragType, type.type);
				event.dataTransfer.effectAllowed = 'copy';
			}}
			onClick={() => onAdd(type)}
		>
			<span className={`entry-icon category-${type.category.toLowerCase()}`}>
				<Codicon name={type.icon} />
			</span>
			<span className="entry-title">{type.title}</span>
		</button>
	);
}
