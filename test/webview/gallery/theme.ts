// Runs in the browser: gives the page the colours of the theme that its address names.
import '../../../src/webviews/shared/theme.css';
import themes from './themes.json';

export type ThemeName = keyof typeof themes;

const kinds: Readonly<Record<ThemeName, string>> = {
	dark: 'vscode-dark',
	light: 'vscode-light',
	contrast: 'vscode-high-contrast',
};

/**
 * Sets VS Code's variables as a webview has them: those of the theme that the address names, until `wear` is called with
 * another, as VS Code changes them under an open page.
 * @param background the variable of what lies behind the page
 * @param more variables that the shared themes leave out, by theme
 */
export function wearTheme(
	background: string,
	more: (theme: ThemeName) => Readonly<Record<string, string>> = () => ({}),
): void {
	const { style } = document.documentElement;
	let worn: readonly string[] = [];
	const wear = (theme: ThemeName): void => {
		const colours: Readonly<Record<string, string>> =
			theme === 'contrast' ? themes.contrast : { ...themes.dark, ...themes[theme] };
		const variables = { ...more(theme), ...colours };
		for (const name of worn) style.removeProperty(name);
		for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
		worn = Object.keys(variables);
		style.setProperty('--vscode-font-family', "'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif");
		style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
		style.setProperty('--vscode-font-size', '13px');
		document.body.classList.remove(...Object.values(kinds));
		document.body.classList.add(kinds[theme]);
		document.body.style.background = colours[background] ?? '';
	};
	const asked = new URLSearchParams(location.search).get('theme') ?? 'dark';
	wear(asked in themes ? (asked as ThemeName) : 'dark');
	Object.assign(globalThis, { wear });
}
