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
 * Sets VS Code's variables as a webview has them.
 * @param background the variable of what lies behind the page
 * @param more variables that the shared themes leave out, by theme
 */
export function wearTheme(
	background: string,
	more: (theme: ThemeName) => Readonly<Record<string, string>> = () => ({}),
): void {
	const asked = new URLSearchParams(location.search).get('theme') ?? 'dark';
	const theme = asked in themes ? (asked as ThemeName) : 'dark';
	const colours: Readonly<Record<string, string>> =
		theme === 'contrast' ? themes.contrast : { ...themes.dark, ...themes[theme] };
	const { style } = document.documentElement;
	for (const [name, value] of Object.entries({ ...more(theme), ...colours })) style.setProperty(name, value);
	style.setProperty('--vscode-font-family', "'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif");
	style.setProperty('--vscode-editor-font-family', "'DejaVu Sans Mono', monospace");
	style.setProperty('--vscode-font-size', '13px');
	document.body.classList.add(kinds[theme]);
	document.body.style.background = colours[background] ?? '';
}
