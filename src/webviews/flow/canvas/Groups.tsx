import { useState, type PointerEvent, type ReactElement } from 'react';
import type { FlowGroup } from '../../../core/flow/model/flow';
import { useCanvas, useEditor } from '../context';
import { boundsOf, grown, overlaps } from '../graph/grid';
import { useStore, useStored } from '../state/store';
import { visibleRect } from '../state/view';
import { noDrag } from './model';
import { OnCanvas } from './OnCanvas';

const padding = 20;

/** Coloured frames around nodes. The name selects and drags its nodes; a double press renames. */
export function Groups(): ReactElement {
	const editor = useEditor();
	const canvas = useCanvas();
	const groups = useStored(editor.doc, doc => doc.flow.groups);
	// Drawn again with the scene: that is when the window or a place has changed.
	useStore(canvas.scene);
	useStore(canvas.drag);
	const seen = grown(visibleRect(editor.view.get(), canvas.size.width, canvas.size.height), 2000);
	return (
		<OnCanvas>
			{Object.entries(groups).map(([id, group]) => {
				const bounds = boundsOf(
					group.nodes.flatMap(node => {
						const box = editor.index.box(node);
						const at = canvas.drag.get().places.get(node);
						return box ? [{ ...box, ...at }] : [];
					}),
				);
				if (!bounds || !overlaps(bounds, seen)) return null;
				const { x, y, width, height } = grown(bounds, padding);
				return (
					<div
						key={id}
						className={`group color-${group.color ?? 'none'}`}
						style={{ transform: `translate(${x}px, ${y - 14}px)`, width, height: height + 14 }}
					>
						<GroupName id={id} group={group} />
					</div>
				);
			})}
		</OnCanvas>
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
