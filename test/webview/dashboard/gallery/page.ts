// Runs in the browser: shows the real page over a scene that the address names, in the theme that it names.
import { wearTheme } from '../../gallery/theme';
import { createFakeHost } from '../fakeHost';
import { now } from './data';
import { scenes } from './scenes';

Object.assign(globalThis, { gallery: { names: Object.keys(scenes) } });
wearTheme('--vscode-editor-background');

const scene = scenes[new URLSearchParams(location.search).get('scene') ?? ''];
if (scene) {
	const host = createFakeHost(scene.dashboard, scene.told);
	Object.assign(globalThis, { host, press: scene.press ?? [] });
	void Promise.all([
		import('react'),
		import('react-dom/client'),
		import('../../../../src/webviews/dashboard/App'),
	]).then(([{ createElement }, { createRoot }, { App }]) => {
		const root = document.getElementById('root');
		if (root) createRoot(root).render(createElement(App, { client: host.client, now: () => now }));
	});
}
void import('../../../../src/webviews/dashboard/dashboard.css');
