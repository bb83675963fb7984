import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { systemCode } from '../../core/base/errors';
import { parseJson, type JsonObject } from '../../core/mcp/jsonText';
import { writeFileAtomic } from '../../core/storage/files';
import type { Settings } from '../host/settings';

/** Writes a server into the user's own setting. The answer is its id. */
export async function saveToSettings(settings: Settings, name: string, raw: JsonObject): Promise<string> {
	await settings.set('mcp.servers', { ...settings.get('mcp.servers'), [name]: raw });
	return `settings:${name}`;
}

/** Takes a server out of the user's own setting. */
export async function removeFromSettings(settings: Settings, name: string): Promise<void> {
	const { [name]: _, ...others } = settings.get('mcp.servers');
	await settings.set('mcp.servers', others);
}

/** Writes a server into the folder's `.mcp.json`; comments and order of what is there stay as they are. */
export async function saveToFolder(folder: string, name: string, raw: JsonObject): Promise<void> {
	const path = join(folder, '.mcp.json');
	const text = await readFile(path, 'utf8').catch((error: unknown) => {
		if (systemCode(error) === 'ENOENT') return '{}\n';
		throw error;
	});
	// A file that is not JSON is the user's to mend: it is not written over.
	parseJson(text);
	const edits = modify(text, ['mcpServers', name], raw, { formattingOptions: { insertSpaces: false, tabSize: 4 } });
	await writeFileAtomic(path, applyEdits(text, edits));
}
