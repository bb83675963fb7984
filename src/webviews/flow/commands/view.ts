import { boundsOf } from '../graph/grid';
import { maxZoom, minZoom, viewOf } from '../state/view';
import type { Actions, CommandContext } from './action';

type Id = 'zoom.in' | 'zoom.out' | 'zoom.reset' | 'zoom.fit' | 'zoom.selection' | 'snap';

const animationMs = 160;

/** Commands that look elsewhere. */
export function viewCommands({ editor, canvas }: CommandContext): Actions<Id> {
	const zoomTo = (wanted: number): void => {
		const { width, height } = canvas.size;
		const view = editor.view.get();
		const zoom = Math.max(minZoom, Math.min(maxZoom, wanted));
		const ratio = zoom / view.zoom;
		const x = width / 2 - (width / 2 - view.x) * ratio;
		const y = height / 2 - (height / 2 - view.y) * ratio;
		canvas.move({ x, y, zoom }, animationMs);
		editor.say(`${Math.round(zoom * 100)} %`);
	};
	return {
		'zoom.in': () => zoomTo(editor.view.get().zoom * 1.25),
		'zoom.out': () => zoomTo(editor.view.get().zoom / 1.25),
		'zoom.reset': () => zoomTo(1),
		'zoom.fit': () => canvas.fit(),
		'zoom.selection': () => {
			const bounds = boundsOf([...editor.selection.get().nodes].flatMap(id => editor.index.box(id) ?? []));
			if (bounds) canvas.move(viewOf(bounds, canvas.size.width, canvas.size.height, 1.5), animationMs);
		},
		snap: () => {
			const isSnapping = !editor.ui.get().isSnapping;
			editor.ui.patch({ isSnapping });
			editor.say(isSnapping ? 'Nodes snap to the grid and to each other.' : 'Nodes go anywhere.');
		},
	};
}
