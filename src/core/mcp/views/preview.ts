import { targetOf, type McpServerDefinition } from '../definition';
import type { McpToolChange } from '../protocol';

/** One line of the look at what a server would do, before it is saved or started. */
export interface PreviewLine {
	readonly label: string;
	readonly text: string;
}

/** What exactly would run or be reached. Values that stay secret are named, never shown. */
export function previewLines(definition: McpServerDefinition): readonly PreviewLine[] {
	const { config } = definition;
	if (config === null) return [{ label: 'Cannot be used', text: definition.problem ?? 'The definition is wrong.' }];
	const secret = new Set(definition.inputs.filter(input => input.isPassword).map(input => `\${input:${input.id}}`));
	const shown = (value: string): string => ([...secret].some(input => value.includes(input)) ? '(kept secret)' : value);
	if (config.type !== 'stdio') {
		const headers = Object.entries(config.headers).map(([name, value]) => `${name}: ${shown(value)}`);
		return [
			{ label: 'Reaches', text: config.url },
			...headers.map(text => ({ label: 'Sends the header', text })),
			...(config.auth === null ? [] : [{ label: 'Signs in as', text: config.auth.clientId }]),
		];
	}
	const variables = Object.entries(config.env).map(([name, value]) => `${name}=${shown(value)}`);
	return [
		{ label: 'Runs', text: targetOf(definition) },
		{ label: 'In the folder', text: config.cwd ?? definition.folder ?? 'your home folder' },
		...variables.map(text => ({ label: 'With', text })),
		...(config.envFile === null ? [] : [{ label: 'With the variables in', text: config.envFile }]),
	];
}

/** The same as text, one line each, for a dialog or a document. */
export function previewText(definition: McpServerDefinition): string {
	return previewLines(definition)
		.map(({ label, text }) => `${label}: ${text}`)
		.join('\n');
}

/** What to know about running it. */
export function previewWarning(definition: McpServerDefinition): string {
	const { config } = definition;
	if (config === null) return '';
	if (config.type !== 'stdio') return 'What you and your agents send to its tools goes to this address.';
	const downloads = /^(?:npx|bunx|pnpx|uvx|pipx|docker)(?:\.cmd|\.exe)?$/i.test(config.command);
	const origin = downloads
		? ' It is downloaded the first time, and again when its publisher releases a new version.'
		: '';
	return `It runs with your rights and can do on this machine what you can.${origin}`;
}

/** The tools of a change as two texts to compare: what was approved, and what the server says now. */
export function changeTexts(changes: readonly McpToolChange[]): { readonly before: string; readonly after: string } {
	return {
		before: changes.map(change => section(change.tool, change.before)).join('\n'),
		after: changes.map(change => section(change.tool, change.after)).join('\n'),
	};
}

function section(name: string, text: McpToolChange['before']): string {
	if (text === null) return `# ${name}\n\n(this tool was not there)\n`;
	return `# ${name}\n\n${text.title}\n\n${text.description}\n\n${text.schema}\n\n${text.annotations}\n`;
}
