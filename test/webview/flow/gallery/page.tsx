// Runs in the browser: shows the scene and the theme that the address names, with the real page.
import 'reactflow/dist/base.css';
import '../../../../src/webviews/shared/forms/forms.css';
import '../../../../src/webviews/shared/theme.css';
import '../../../../src/webviews/flow/canvas.css';
import '../../../../src/webviews/flow/flow.css';
import { createRoot } from 'react-dom/client';
import type { CommandId } from '../../../../src/core/flow/editorCommands';
import { App } from '../../../../src/webviews/flow/App';
import { Editor } from '../../../../src/webviews/flow/state/editor';
import themes from '../../gallery/themes.json';
import { fakeEditor } from '../fakeHost';
import { scenes } from './scenes';

const address = new URLSearchParams(location.search);
const themeName = address.get('theme') ?? 'dark';
const colours: Record<string, string> =
	themeName === 'contrast' ? themes.contrast : { ...themes.dark, ...themes[themeName as keyof typeof themes] };
const { style } = document.documentElement;
for (const [name, value] of Object.entries(colours)) style.setProperty(name, value);
style.setProperty('--vscode-font-family', "'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif");
style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
style.setProperty('--vscode-font-size', '13px');
const kinds: Record<string, string> = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' };
document.body.classList.add(kinds[themeName] ?? 'vscode-dark');
document.body.style.background = colours['--vscode-editor-background'] ?? '';

const scene = scenes[address.get('scene') ?? 'review'];
const root = document.getElementById('root');
if (!scene || !root) throw new Error('No such scene');
const host = fakeEditor(scene);
const api = { getState: () => null, setState: () => undefined };
const saved = scene.bottom === undefined ? undefined : { ui: { bottom: scene.bottom } };
const editor = new Editor(host.client, saved);
Object.assign(globalThis, {
	gallery: {
		names: Object.keys(scenes),
		press: [],
		editor,
		host,
		start: () => {
			if (scene.select) editor.select(scene.select);
			for (const id of scene.commands ?? []) host.server.emit('command', { id: id as CommandId });
		},
	},
});
createRoot(root).render(<App editor={editor} api={api} />);
