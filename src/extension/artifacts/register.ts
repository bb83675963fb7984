import { extname, join } from 'node:path';
import * as vscode from 'vscode';
import { Lazy } from '../../core/base/async';
import type { Artifact } from '../../core/artifacts/artifact';
import { ExpectedError } from '../../core/base/errors';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { htmlPanelType, panelTypes } from '../host/ids';
import { Panels } from '../host/panels';
import type { Artifacts } from './artifacts';

export interface ArtifactsRegistration extends Disposable {
	/** Shows an artifact of an answer in a tab. */
	show(artifact: Artifact): Promise<void>;
}

/** Registers the tabs in which artifacts are shown. Their code loads with the first one. */
export function registerArtifacts(host: Host): ArtifactsRegistration {
	const store = new DisposableStore();
	const extension = host.context.extensionUri;
	const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, 'media', name);
	const artifacts = new Lazy<Artifacts>(async () => {
		const { Artifacts } = await import('./artifacts');
		return store.add(
			new Artifacts({
				log: host.log,
				diagrams: host.context.asAbsolutePath(join('dist', 'workers', 'diagrams.js')),
				icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			}),
		);
	});
	const panels = store.add(
		new Panels(extension, {
			viewType: panelTypes.artifact,
			surface: 'artifact',
			icon: { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') },
			connect: async (identity, port, panel) => (await artifacts.get()).connect(identity, port, panel),
		}),
	);
	store.add(
		vscode.window.registerWebviewPanelSerializer(htmlPanelType, {
			deserializeWebviewPanel: async (panel, state: unknown) => (await artifacts.get()).restoreHtml(panel, state),
		}),
	);
	const { commands } = host;
	store.add(
		commands.register('quarterdeck.artifact.preview', async () => previewActive(await artifacts.get(), panels)),
	);
	store.add(commands.register('quarterdeck.artifact.edit', async () => (await artifacts.get()).editHtml()));
	store.add(commands.register('quarterdeck.artifact.save', async () => (await artifacts.get()).saveHtml()));
	return {
		show: async artifact => (await artifacts.get()).show(artifact, panels),
		dispose: () => store.dispose(),
	};
}

/** Shows the text of the open editor as what it is: a chart, a table, a diagram. The page follows the editor. */
async function previewActive(artifacts: Artifacts, panels: Panels): Promise<void> {
	const document = vscode.window.activeTextEditor?.document;
	if (!document) throw new ExpectedError('no-editor', 'Open the file that you want to see first.');
	const extension = extname(document.fileName).slice(1).toLowerCase();
	const language = extension === 'mmd' ? 'mermaid' : extension || document.languageId;
	await artifacts.show({ text: document.getText(), language }, panels, document);
}
