import { ExpectedError } from '../../base/errors';
import type { Json } from '../../base/json';
import { importClara, isClara } from './clara/importClara';
import type { Imported } from './flowBuilder';
import { importN8n } from './n8n/importN8n';
import { isN8n } from './n8n/shape';
import { importPromptFlow, isPromptFlow, type PromptFlowFiles } from './promptFlow/importPromptFlow';

export const importFormats = ['clara', 'n8n', 'promptflow'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** What a text is; `undefined` when it is a flow of none of these systems. */
export function formatOf(value: unknown): ImportFormat | undefined {
	if (isClara(value)) return 'clara';
	if (isN8n(value)) return 'n8n';
	return isPromptFlow(value) ? 'promptflow' : undefined;
}

export interface ImportOptions {
	/** Absent: found out. */
	readonly format?: ImportFormat;
	/** Of a flow that has none itself. */
	readonly name: string;
	readonly files: PromptFlowFiles;
}

const mostCharacters = 32 * 1024 * 1024;

/** Reads a flow of another system. Rejects with a sentence when it is none. */
export async function importFlow(text: string, { format, name, files }: ImportOptions): Promise<Imported> {
	if (text.length > mostCharacters) throw new ExpectedError('import', 'The file is larger than 32 MB.');
	const value = await parse(text);
	const found = formatOf(value);
	const wanted = format ?? found;
	if (wanted === undefined) {
		throw new ExpectedError(
			'import',
			'This is no flow of ClaraVerse, n8n or Prompt flow: it has no nodes as they write them.',
		);
	}
	if (wanted === 'clara' && isClara(value)) return importClara(value);
	if (wanted === 'n8n' && isN8n(value)) return importN8n(value);
	if (wanted === 'promptflow' && isPromptFlow(value)) return importPromptFlow(value, name, files);
	throw new ExpectedError(
		'import',
		`This does not look like a flow of ${wanted}${found === undefined ? '' : `, but like one of ${found}`}.`,
	);
}

async function parse(text: string): Promise<unknown> {
	const trimmed = text.trimStart();
	if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
		try {
			return JSON.parse(trimmed.replace(/^\uFEFF/u, '')) as Json;
		} catch (cause) {
			throw new ExpectedError('import', 'The file is no JSON.', { cause });
		}
	}
	const { parse: parseYaml } = await import('yaml');
	try {
		return parseYaml(text, { maxAliasCount: 100 }) as Json;
	} catch (cause) {
		throw new ExpectedError('import', 'The file is neither JSON nor YAML.', { cause });
	}
}
