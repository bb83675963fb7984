// Runs in the browser: shows the scene and the theme that the address names, with the real pages.
import '../../../../src/webviews/mcp/mcp.css';
import '../../../../src/webviews/shared/forms/forms.css';
import '../../../../src/webviews/shared/theme.css';
import { createRoot } from 'react-dom/client';
import { Elicitation } from '../../../../src/webviews/mcp/Elicitation';
import { Inspector } from '../../../../src/webviews/mcp/Inspector';
import themes from '../../gallery/themes.json';
import { fakeElicitation, fakeInspector } from '../fakeHost';
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
