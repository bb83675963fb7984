// Runs in the browser: shows the scene and the theme that the address names, with the real page on top.
import { wearTheme } from '../../gallery/theme';
import { createFakeHost, executionId } from '../fakeHost';
import { scenes } from './scenes';

wearTheme('--vscode-editor-background', theme => ({
	'--vscode-charts-blue': theme === 'light' ? '#1a85ff' : '#3794ff',
	'--vscode-charts-purple': theme === 'light' ? '#652d90' : '#b180d7',
	'--vscode-editor-findMatchHighlightBackground': theme === 'contrast' ? 'transparent' : '#ea5c0055',
	'--vscode-editor-findMatchHighlightBorder': theme === 'contrast' ? '#f38518' : 'transparent',
	'--vscode-editor-findMatchBackground': theme === 'light' ? '#a8ac94' : '#515c6a',
}));
const address = new URLSearchParams(location.search);

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
