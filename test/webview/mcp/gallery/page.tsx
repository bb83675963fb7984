// Runs in the browser: shows the scene and the theme that the address names, with the real pages.
import { wearTheme } from '../../gallery/theme';
import '../../../../src/webviews/mcp/mcp.css';
import '../../../../src/webviews/shared/forms/forms.css';
import { createRoot } from 'react-dom/client';
import { Elicitation } from '../../../../src/webviews/mcp/Elicitation';
import { Inspector } from '../../../../src/webviews/mcp/Inspector';
import { fakeElicitation, fakeInspector } from '../fakeHost';
import { scenes } from './scenes';

wearTheme('--vscode-editor-background');
const address = new URLSearchParams(location.search);

const scene = scenes[address.get('scene') ?? 'tools'];
const root = document.getElementById('root');
if (!scene || !root) throw new Error('No such scene');
Object.assign(globalThis, { gallery: { names: Object.keys(scenes), press: scene.press ?? [] } });
const api = { getState: () => null, setState: () => undefined };
createRoot(root).render(
	scene.kind === 'inspector' ? (
		<Inspector identity="settings:everything" client={fakeInspector(scene.setup).client} api={api} />
	) : (
		<Elicitation client={fakeElicitation(scene.view, () => undefined).client} />
	),
);
