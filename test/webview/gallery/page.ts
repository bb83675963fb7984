// Runs in the browser: shows the scene and the theme that the address names, with the real page on top.
import { createFakeHost } from './fakeHost';
import { scenes } from './scenes';
import themes from './themes.json';

const address = new URLSearchParams(location.search);
const themeName = address.get('theme') ?? 'dark';
const theme: Record<string, string> = { ...themes.dark, ...themes[themeName as keyof typeof themes] };
const colours: Record<string, string> = themeName === 'contrast' ? themes.contrast : theme;
for (const [name, value] of Object.entries(colours)) document.documentElement.style.setProperty(name, value);
document.documentElement.style.setProperty(
	'--vscode-font-family',
	"'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif",
);
document.documentElement.style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
document.documentElement.style.setProperty('--vscode-font-size', '13px');
const kinds: Record<string, string> = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' };
document.body.classList.add(kinds[themeName] ?? 'vscode-dark');
document.body.style.background = colours['--vscode-sideBar-background'] ?? '';
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
