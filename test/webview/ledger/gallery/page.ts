// Runs in the browser: shows the scene and the theme that the address names, with the real page on top.
import themes from '../../gallery/themes.json';
import { createFakeHost, executionId } from '../fakeHost';
import { scenes } from './scenes';

const address = new URLSearchParams(location.search);
const themeName = address.get('theme') ?? 'dark';
const colours: Record<string, string> =
	themeName === 'contrast' ? themes.contrast : { ...themes.dark, ...themes[themeName as keyof typeof themes] };
// What the shared themes leave out, as VS Code's own themes have it.
const more: Record<string, string> = {
	'--vscode-charts-blue': themeName === 'light' ? '#1a85ff' : '#3794ff',
	'--vscode-charts-purple': themeName === 'light' ? '#652d90' : '#b180d7',
	'--vscode-editor-findMatchHighlightBackground': themeName === 'contrast' ? 'transparent' : '#ea5c0055',
	'--vscode-editor-findMatchHighlightBorder': themeName === 'contrast' ? '#f38518' : 'transparent',
	'--vscode-editor-findMatchBackground': themeName === 'light' ? '#a8ac94' : '#515c6a',
};
for (const [name, value] of Object.entries(more)) document.documentElement.style.setProperty(name, value);
for (const [name, value] of Object.entries(colours)) document.documentElement.style.setProperty(name, value);
document.documentElement.style.setProperty(
	'--vscode-font-family',
	"'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif",
);
document.documentElement.style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
document.documentElement.style.setProperty('--vscode-font-size', '13px');
const kinds: Record<string, string> = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' };
document.body.classList.add(kinds[themeName] ?? 'vscode-dark');
document.body.style.background = colours['--vscode-editor-background'] ?? '';

const scene = scenes[address.get('scene') ?? 'done'];
if (!scene) throw new Error('No such scene');
const root = document.getElementById('root');
if (root) root.dataset['state'] = JSON.stringify({ identity: executionId });
const { failure } = scene;
const host = createFakeHost(scene.view, scene.texts, data =>
	window.dispatchEvent(new MessageEvent('message', { data })),
);
if (failure) host.answer({ execution: () => Promise.reject(failure) });
Object.assign(globalThis, {
	acquireVsCodeApi: () => host.api,
	gallery: { names: Object.keys(scenes), press: scene.press ?? [], search: scene.search ?? '' },
});
import('../../../../src/webviews/ledger/main').catch((error: unknown) => console.error(error));
