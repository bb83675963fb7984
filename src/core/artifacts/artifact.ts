/** What an artifact is shown as. */
export type ArtifactKind = 'html' | 'svg' | 'mermaid' | 'markdown' | 'chart' | 'table' | 'json' | 'code';

/** Something that an answer made, to be looked at beside the chat, edited and saved. */
export interface Artifact {
	readonly text: string;
	/** The language of its code block, in small letters: `html`, `csv`, `typescript`. */
	readonly language: string;
}

const kinds: Readonly<Record<string, ArtifactKind>> = {
	html: 'html',
	htm: 'html',
	svg: 'svg',
	mermaid: 'mermaid',
	diagram: 'mermaid',
	md: 'markdown',
	markdown: 'markdown',
	chart: 'chart',
	csv: 'table',
	tsv: 'table',
	json: 'json',
};

/** The kind of an artifact, by its language and, where that says too little, by how it begins. */
export function artifactKind({ text, language }: Artifact): ArtifactKind {
	const known = Object.hasOwn(kinds, language) ? kinds[language] : undefined;
	if (known === 'json') return isChart(text) ? 'chart' : 'json';
	if (known) return known;
	if (language === 'xml' && /^\s*(?:<\?xml[^>]*>\s*)?<svg[\s>]/u.test(text)) return 'svg';
	return 'code';
}

/** Whether there is more to see of it than its text with colours. */
export function isPreviewable(artifact: Artifact): boolean {
	const kind = artifactKind(artifact);
	return kind !== 'code';
}

/** A short name for its tab: the title that it gives itself, or its kind. */
export function artifactTitle(artifact: Artifact): string {
	const { text } = artifact;
	const kind = artifactKind(artifact);
	const found =
		kind === 'html' || kind === 'svg'
			? /<title[^>]*>([^<]{1,200})/iu.exec(text)?.[1]
			: kind === 'markdown'
				? /^#{1,3} (.{1,200})$/mu.exec(text)?.[1]
				: kind === 'chart'
					? /"title"\s*:\s*"([^"\\]{1,200})"/u.exec(text)?.[1]
					: undefined;
	const title = found?.replaceAll(/\s+/gu, ' ').trim() ?? '';
	return title === '' ? (kind === 'code' ? artifact.language || 'Text' : names[kind]) : title.slice(0, 60);
}

const names: Readonly<Record<Exclude<ArtifactKind, 'code'>, string>> = {
	html: 'Web page',
	svg: 'Picture',
	mermaid: 'Diagram',
	markdown: 'Document',
	chart: 'Chart',
	table: 'Table',
	json: 'JSON',
};

/** The ending of the file that it is saved as. */
export function artifactExtension(artifact: Artifact): string {
	const { language } = artifact;
	const kind = artifactKind(artifact);
	if (kind === 'table') return language === 'tsv' ? 'tsv' : 'csv';
	if (kind === 'code') return /^[a-z0-9]{1,8}$/u.test(language) ? language : 'txt';
	return extensions[kind];
}

const extensions: Readonly<Record<Exclude<ArtifactKind, 'code' | 'table'>, string>> = {
	html: 'html',
	svg: 'svg',
	mermaid: 'mmd',
	markdown: 'md',
	chart: 'json',
	json: 'json',
};

/** JSON that begins as a chart does. Cheap: it is asked for every code block of an answer. */
function isChart(text: string): boolean {
	const head = text.slice(0, 400);
	return /"type"\s*:\s*"(?:bar|line|pie|doughnut|scatter|radar)"/u.test(head) && /"data"\s*:/u.test(text);
}
