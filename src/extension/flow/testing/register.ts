import * as vscode from 'vscode';
import { Lazy } from '../../../core/base/async';
import { errorText } from '../../../core/base/errors';
import { datasetSuffix, isDatasetPath } from '../../../core/flow/datasets/dataset';
import { DisposableStore, type Disposable } from '../../../core/base/lifecycle';
import type { Host } from '../../host/context';
import { unlinked } from '../../host/unlinked';
import type { FlowService } from '../service';
import type { FlowTests } from './flowTests';

/** After the start, milliseconds. */
const restMs = 3000;

/**
 * Registers the tests of flows. They come into the Testing view once there is a file of tests: who has none does not get
 * an empty view.
 */
export function registerTests({ commands, clock, log }: Host, service: Lazy<FlowService>): Disposable {
	const store = new DisposableStore();
	const tests = new Lazy<FlowTests>(async () => {
		const [{ FlowTests }, flows] = await Promise.all([import('./flowTests'), service.get()]);
		return store.add(new FlowTests(flows));
	});
	store.add(
		commands.register('quarterdeck.flows.test', async (argument?: unknown) => {
			const [{ targetOf }, { datasetUri }, all] = await Promise.all([
				import('../commands'),
				import('./datasetFiles'),
				tests.get(),
			]);
			const { activeTextEditor } = vscode.window;
			const open = argument === undefined ? activeTextEditor?.document.uri : argument;
			const isDataset = open instanceof vscode.Uri && isDatasetPath(open.path);
			await all.runFile(isDataset ? open : datasetUri(targetOf(await service.get(), argument)));
		}),
	);
	store.add(
		commands.register('quarterdeck.flows.acceptBaseline', async (...argument: readonly unknown[]) =>
			(await tests.get()).accept(argument.flatMap(itemsIn)),
		),
	);
	store.add(
		commands.register('quarterdeck.flows.clearCache', async () => {
			const { runs } = await service.get();
			const cache = await runs.cache.get();
			const { size } = cache;
			await cache.clear();
			void vscode.window.showInformationMessage(
				unlinked(
					size === 1
						? 'One kept result of a flow’s node is forgotten.'
						: `${size} kept results of flow nodes are forgotten.`,
				),
			);
		}),
	);
	followFiles(store, clock, tests, error => log.warn(`Tests of flows could not be looked for: ${errorText(error)}`));
	return store;
}

function followFiles(
	store: DisposableStore,
	clock: Host['clock'],
	tests: Lazy<FlowTests>,
	onFailure: (error: unknown) => void,
): void {
	const pattern = `**/*${datasetSuffix}`;
	const load = (): void => void tests.get().catch(onFailure);
	const look = async (): Promise<void> => {
		const [first] = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 1);
		if (first) load();
	};
	store.add(clock.after(restMs, () => void look().catch(onFailure)));
	const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern, false, true, true));
	store.add(watcher.onDidCreate(load));
	store.add(
		vscode.workspace.onDidOpenTextDocument(({ uri }) => {
			if (isDatasetPath(uri.path)) load();
		}),
	);
}

/** Items of a menu of the Testing view: the item itself, or beside a message. */
function itemsIn(argument: unknown): readonly vscode.TestItem[] {
	if (Array.isArray(argument)) return argument.flatMap(itemsIn);
	if (typeof argument !== 'object' || argument === null) return [];
	if ('test' in argument) return itemsIn(argument.test);
	return 'children' in argument && 'id' in argument ? [argument as vscode.TestItem] : [];
}
