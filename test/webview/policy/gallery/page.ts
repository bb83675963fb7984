// Runs in the browser: shows the real page over answers that were made beforehand, in the theme that the address names.
import themes from '../../gallery/themes.json';
import { createFakeHost, type Answers } from '../fakeHost';

interface Prepared {
	readonly view: ReturnType<Answers['view']>;
	readonly explanations: Readonly<Record<string, ReturnType<Answers['explain']>>>;
	readonly failure?: string;
}

const { prepared } = globalThis as unknown as { prepared: Prepared };
const themeName = new URLSearchParams(location.search).get('theme') ?? 'dark';
const colours: Record<string, string> =
	themeName === 'contrast' ? themes.contrast : { ...themes.dark, ...themes[themeName as keyof typeof themes] };
const style = document.documentElement.style;
for (const [name, value] of Object.entries(colours)) style.setProperty(name, value);
style.setProperty('--vscode-font-family', "'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif");
style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
style.setProperty('--vscode-font-size', '13px');
const kinds: Record<string, string> = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' };
document.body.classList.add(kinds[themeName] ?? 'vscode-dark');
document.body.style.background = colours['--vscode-editor-background'] ?? '';

const host = createFakeHost({
	view: () => prepared.view,
	explain: text => prepared.explanations[text] ?? { problem: 'not prepared' },
});
if (prepared.failure !== undefined) host.failing = new Error(prepared.failure);
void Promise.all([import('react'), import('react-dom/client'), import('../../../../src/webviews/policy/App')]).then(
	([{ createElement }, { createRoot }, { App }]) => {
		const root = document.getElementById('root');
		if (root) createRoot(root).render(createElement(App, { client: host.client }));
	},
);
void import('../../../../src/webviews/policy/policy.css');
void import('../../../../src/webviews/shared/theme.css');
