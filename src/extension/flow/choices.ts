import * as vscode from 'vscode';
import type { ChoiceView } from '../../core/flow/editorProtocol';
import { modelRefText } from '../../core/providers/provider';
import type { Providers } from '../../core/providers/registry';
import type { Toolbox } from '../../core/tools/toolbox';
import { toolTier } from '../../core/safety/tiers';
import { asWritten, flowSuffix } from './files';
import type { FlowSecrets } from './secrets';

export interface ChoiceSources {
	readonly toolbox: Toolbox;
	readonly providers: () => Promise<{ readonly providers: Providers; look(): Promise<void> }>;
	readonly secrets: FlowSecrets;
	/** Starts what brings tools. */
	readonly prepareTools: () => Promise<void>;
}

export type ChoiceKind = 'model' | 'tool' | 'secret' | 'path' | 'flow';

const mostShown = 200;
/** Nobody waits for a server that does not answer, milliseconds. */
const patienceMs = 3000;

/** What a picker of the editor offers. */
export async function choicesOf(
	of: ChoiceKind,
	query: string,
	folder: string,
	sources: ChoiceSources,
): Promise<readonly ChoiceView[]> {
	const found = await all(of, query, folder, sources);
	const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
	const fits = ({ value, label, description = '' }: ChoiceView): boolean => {
		const text = `${value} ${label} ${description}`.toLowerCase();
		return wanted.every(word => text.includes(word));
	};
	return found.filter(fits).slice(0, mostShown);
}

function all(
	of: ChoiceKind,
	query: string,
	folder: string,
	sources: ChoiceSources,
): Promise<readonly ChoiceView[]> | readonly ChoiceView[] {
	switch (of) {
		case 'model':
			return models(sources);
		case 'tool':
			return tools(sources);
		case 'secret':
			return sources.secrets.names.map(name => ({ value: name, label: name, description: 'has a value here' }));
		default:
			return paths(folder, of === 'flow' ? `**/*${flowSuffix}` : globOf(query));
	}
}

async function models({ providers }: ChoiceSources): Promise<readonly ChoiceView[]> {
	const service = await providers();
	if (vscode.workspace.isTrusted) await service.look();
	const listed = await service.providers.models(new AbortController().signal, false, AbortSignal.timeout(patienceMs));
	return listed.flatMap(({ provider, ...entry }) =>
		entry.state === 'ready'
			? entry.models.map(({ id, label }) => ({
					value: modelRefText({ provider: provider.id, model: id }),
					label: label || id,
					description: provider.label,
				}))
			: [],
	);
}

async function tools({ toolbox, prepareTools }: ChoiceSources): Promise<readonly ChoiceView[]> {
	if (vscode.workspace.isTrusted) await prepareTools();
	const usable = toolbox.list().filter(({ name }) => toolTier(name).tier !== 'BLACK');
	const servers = new Set(usable.flatMap(({ name }) => /^mcp__.+?__/.exec(name)?.[0] ?? []));
	return [
		...usable.map(({ name, title, source }) => ({ value: name, label: title, description: source })),
		...[...servers].map(prefix => ({ value: `${prefix}*`, label: `All of ${prefix.slice(5, -2)}` })),
	];
}

function globOf(query: string): string {
	const plain = query.replaceAll(/[^\w./-]/g, '');
	return plain === '' ? '*' : `**/*${plain}*`;
}

async function paths(folder: string, glob: string): Promise<readonly ChoiceView[]> {
	const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), glob);
	const files = await vscode.workspace.findFiles(pattern, '**/{node_modules,.git}/**', mostShown);
	return files
		.map(file => asWritten(folder, file.fsPath))
		.sort()
		.map(path => ({ value: path, label: path }));
}
