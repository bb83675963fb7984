import { useState, type PointerEvent, type ReactElement } from 'react';
import type { FlowGroup } from '../../../core/flow/model/flow';
import { Codicon } from '../../shared/components/Codicon';
import { useCanvas, useEditor } from '../context';
import { foldRect } from '../graph/folds';
import { boundsOf, grown, overlaps, type Rect } from '../graph/grid';
import { useStore, useStored } from '../state/store';
import { visibleRect } from '../state/view';
import { foldLook } from './marks';
import { noDrag } from './model';
import { OnCanvas } from './OnCanvas';

const padding = 20;

/** Coloured frames around nodes, or one card in their place. The name selects and drags its nodes; a double press renames. */
export function Groups(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const groups = useStored(editor.doc, doc => doc.flow.groups);
	// Drawn again with the scene: that is when the window or a place has changed.
	useStore(canvas.scene);
	useStore(canvas.drag);
	const seen = grown(visibleRect(editor.view.get(), canvas.size.width, canvas.size.height), 2000);
	const placed = (nodes: Iterable<string>): readonly Rect[] =>
		[...nodes].flatMap(node => {
			const box = editor.index.box(node);
			return box ? [{ ...box, ...canvas.drag.get().places.get(node) }] : [];
		});
	return (
		<OnCanvas>
			{Object.entries(groups).map(([id, group]) => {
				const fold = editor.index.folds.find(each => each.id === id);
				const bounds = fold ? foldRect(placed(fold.nodes)) : boundsOf(placed(group.nodes));
				if (!bounds || !overlaps(bounds, seen)) return null;
				if (fold) return <FoldedGroup key={id} id={id} group={group} at={bounds} />;
				const { x, y, width, height } = grown(bounds, padding);
				return (
					<div
						key={id}
						className={`group color-${group.color ?? 'none'}`}
						style={{ transform: `translate(${x}px, ${y - 14}px)`, width, height: height + 14 }}
					>
						<FoldButton id={id} group={group} isFolded={false} />
						<GroupName id={id} group={group} />
					</div>
				);
			})}
		</OnCanvas>
	);
}

interface FoldButtonProps {
	readonly id: string;
	readonly group: FlowGroup;
	readonly isFolded: boolean;
}

function FoldButton({ id, group, isFolded }: FoldButtonProps): ReactElement {
	const editor = useEditor();
	return (
		<button
			type="button"
			className="group-fold nodrag nopan"
			aria-label={`${isFolded ? 'Unfold' : 'Fold'} ${group.name}`}
			aria-expanded={!isFolded}
			title={isFolded ? 'Show the nodes of the group' : 'Hide the nodes of the group behind one card'}
			onClick={() => editor.fold([id], !isFolded)}
		>
			<Codicon name={isFolded ? 'chevron-right' : 'chevron-down'} />
		</button>
	);
}

interface FoldedGroupProps {
	readonly id: string;
	readonly group: FlowGroup;
	readonly at: Rect;
}

/** A card in the place of the nodes: how many they are, and how they stand in the run. */
function FoldedGroup({ id, group, at }: FoldedGroupProps): ReactElement {
	const editor = useEditor();
	useStore(editor.runs.tick);
	const isSelected = useStored(editor.selection, ({ nodes }) => group.nodes.every(node => nodes.has(node)));
	const nodes = editor.index.folds.find(each => each.id === id)?.nodes ?? new Set<string>();
	const look = foldLook([...nodes].map(node => editor.runs.nodes.get(node).state));
	const count = nodes.size === 1 ? '1 node' : `${nodes.size} nodes`;
	const { x, y, width, height } = at;
	return (
		<div
			className={`group folded color-${group.color ?? 'none'}${isSelected ? ' selected' : ''}`}
			style={{ transform: `translate(${x}px, ${y}px)`, width, height }}
		>
			<FoldButton id={id} group={group} isFolded />
			<GroupName id={id} group={group} />
			<span className="group-count">
				{look && <Codicon name={look.icon} isSpinning={look.icon === 'loading'} />}
				{look ? `${count} · ${look.words}` : count}
			</span>
		</div>
	);
}

function GroupName({ id, group }: { readonly id: string; readonly group: FlowGroup }): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const [draft, setDraft] = useState<string | null>(null);
	const keep = (): void => {
		if (draft !== null && draft.trim() !== '' && draft !== group.name)
			editor.apply('Rename group', [{ op: 'setGroup', id, group: { ...group, name: draft.trim() } }]);
		setDraft(null);
	};
	const drag = (event: PointerEvent<HTMLElement>): void => {
		if (event.button !== 0) return;
		editor.select(group.nodes);
		const { currentTarget, pointerId, clientX, clientY } = event;
		currentTarget.setPointerCapture(pointerId);
		let dx = 0;
		let dy = 0;
		const move = (next: globalThis.PointerEvent): void => {
			if (!editor.canEdit) return;
			const { zoom } = editor.view.get();
			dx = Math.round((next.clientX - clientX) / zoom / 8) * 8;
			dy = Math.round((next.clientY - clientY) / zoom / 8) * 8;
			canvas.drag.set({ ...noDrag, places: canvas.shifted(group.nodes, dx, dy) });
		};
		const end = (): void => {
			currentTarget.removeEventListener('pointermove', move);
			canvas.drag.set(noDrag);
			if (dx !== 0 || dy !== 0) editor.apply('Move group', canvas.moveOps(group.nodes, dx, dy));
		};
		currentTarget.addEventListener('pointermove', move);
		currentTarget.addEventListener('pointerup', end, { once: true });
	};
	if (draft !== null) {
		return (
			<input
				className="group-name nodrag nopan"
				aria-label="Name of the group"
				autoFocus
				value={draft}
				onChange={event => setDraft(event.currentTarget.value)}
				onBlur={keep}
				onKeyDown={event => {
					if (event.key === 'Enter') keep();
					if (event.key === 'Escape') setDraft(null);
				}}
			/>
		);
	}
	return (
		<div
			className="group-name nopan"
			onPointerDown={drag}
			onDoubleClick={() => {
				if (editor.canEdit) setDraft(group.name);
			}}
		>
			{group.name}
		</div>
	);
}
