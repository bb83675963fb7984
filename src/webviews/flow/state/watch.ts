import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { CanvasModel } from '../canvas/model';
import { isLive } from './runs';

const pauseMs = 250;
const most = 500;

/** Tells the host which nodes are on the screen while a run goes on: only their previews are streamed. */
export function watchVisible(canvas: CanvasModel): Disposable {
	const { editor } = canvas;
	const store = new DisposableStore();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let told = '';
	const tell = (): void => {
		timer = undefined;
		if (!isLive(editor.runs.run.get())) {
			told = '';
			return;
		}
		const { nodes } = canvas.scene.get();
		const ids = nodes.filter(node => !node.data.isGhost).map(node => node.id);
		const key = ids.join(' ');
		if (key === told) return;
		told = key;
		editor.client.call('watch', { nodes: ids.slice(0, most) }).catch((error: unknown) => editor.fail(error));
	};
	const request = (): void => {
		timer ??= setTimeout(tell, pauseMs);
	};
	store.add(canvas.scene.listen(request));
	store.add(editor.runs.run.listen(request));
	store.add({ dispose: () => clearTimeout(timer) });
	request();
	return store;
}
