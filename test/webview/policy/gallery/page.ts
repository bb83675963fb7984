// Runs in the browser: shows the real page over answers that were made beforehand, in the theme that the address names.
import { wearTheme } from '../../gallery/theme';
import { createFakeHost, type Answers } from '../fakeHost';

interface Prepared {
	readonly view: ReturnType<Answers['view']>;
	readonly explanations: Readonly<Record<string, ReturnType<Answers['explain']>>>;
	readonly failure?: string;
}

const { prepared } = globalThis as unknown as { prepared: Prepared };
wearTheme('--vscode-editor-background');

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
