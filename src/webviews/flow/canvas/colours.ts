/** Colours of the theme, for what is drawn on a surface that has no style sheet. */
export interface Colours {
	readonly card: string;
	readonly border: string;
	readonly edge: string;
	readonly text: string;
	readonly frame: string;
	readonly note: string;
	readonly selected: string;
	readonly running: string;
	readonly succeeded: string;
	readonly failed: string;
	readonly waiting: string;
	readonly added: string;
	readonly removed: string;
	readonly changed: string;
	readonly moved: string;
}

const names: Readonly<Record<keyof Colours, string>> = {
	card: '--flow-far-card',
	border: '--flow-far-border',
	edge: '--flow-edge',
	text: '--vscode-foreground',
	frame: '--flow-frame',
	note: '--flow-note',
	selected: '--flow-selected',
	running: '--flow-running',
	succeeded: '--flow-succeeded',
	failed: '--flow-failed',
	waiting: '--flow-waiting',
	added: '--flow-added',
	removed: '--flow-removed',
	changed: '--flow-changed',
	moved: '--flow-moved',
};

/** Reads the colours as they are now. Mixed colours are resolved through an element, since a canvas cannot mix them. */
export function readColours(element: HTMLElement): Colours {
	const probe = element.ownerDocument.createElement('span');
	element.append(probe);
	const read = ([key, name]: [string, string]): [string, string] => {
		probe.style.color = `var(${name})`;
		return [key, getComputedStyle(probe).color];
	};
	const colours = Object.fromEntries(Object.entries(names).map(read));
	probe.remove();
	return colours as unknown as Colours;
}

/** Calls back when the theme has changed. */
export function watchTheme(onChange: () => void): () => void {
	const observer = new MutationObserver(onChange);
	observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
	observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
	return () => observer.disconnect();
}
