// Runs in the browser: shows the scene and the theme that the address names, with the real page on top.
import { wearTheme } from './theme';
import { createFakeHost } from './fakeHost';
import { scenes } from './scenes';

wearTheme('--vscode-sideBar-background');
const address = new URLSearchParams(location.search);
if (address.get('direction') === 'rtl') document.documentElement.dir = 'rtl';

const scene = scenes[address.get('scene') ?? 'short'];
if (!scene) throw new Error('No such scene');
const host = createFakeHost(scene.snapshot);
Object.assign(globalThis, { acquireVsCodeApi: () => host.api });
// The shooter asks which scenes there are and what to do in this one; tests drive the host.
Object.assign(globalThis, {
	gallery: { names: Object.keys(scenes), press: scene.press ?? [], type: scene.type ?? '', host },
});
if (scene.isTab) {
	const root = document.getElementById('root');
	if (root) root.dataset['state'] = JSON.stringify({ identity: scene.snapshot.conversation.id });
}
if (scene.details) host.answer({ details: () => scene.details ?? null });
if (scene.models) host.answer({ models: () => scene.models ?? [] });
if (scene.conversations) host.answer({ conversations: () => scene.conversations ?? [] });
import('../../../src/webviews/chat/main').then(
	() => {
		if (scene.conversations) host.server.emit('conversations', scene.conversations);
		if (scene.editor) host.server.emit('editorContext', scene.editor);
	},
	(error: unknown) => console.error(error),
);
