// Runs in the browser: shows the scene and the theme that the address names, with the real page.
import { wearTheme } from '../../gallery/theme';
import 'reactflow/dist/base.css';
import '../../../../src/webviews/shared/forms/forms.css';
import '../../../../src/webviews/flow/canvas.css';
import '../../../../src/webviews/flow/flow.css';
import { createRoot } from 'react-dom/client';
import type { CommandId } from '../../../../src/core/flow/editorCommands';
import { App } from '../../../../src/webviews/flow/App';
import { Editor } from '../../../../src/webviews/flow/state/editor';
import { fakeEditor } from '../fakeHost';
import { scenes } from './scenes';

wearTheme('--vscode-editor-background');
const address = new URLSearchParams(location.search);

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
