import type { Page } from 'playwright-core';
import { until } from './until.ts';

/** The workbench in a browser saves its state every few seconds; a reload before that finds no editors, whoever's they are. */
const isWrittenDown = (page: Page, wanted: readonly string[]): Promise<boolean> =>
	page.evaluate(async texts => {
		const opened = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.addEventListener('success', () => resolve(request.result));
				request.addEventListener('error', () => reject(new Error('The state cannot be read')));
			});
		for (const { name } of await indexedDB.databases()) {
			if (!name?.startsWith('vscode-web-state-db')) continue;
			const database = await opened(indexedDB.open(name));
			const values = database.objectStoreNames.contains('ItemTable')
				? await opened(database.transaction('ItemTable').objectStore('ItemTable').getAll())
				: [];
			database.close();
			if (values.some(value => typeof value === 'string' && texts.every(text => value.includes(text)))) return true;
		}
		return false;
	}, wanted);

/** Resolves when the workbench has written down an editor whose state holds these texts. */
export async function editorsWrittenDown(page: Page, ...texts: readonly string[]): Promise<void> {
	await until('the workbench to write down its editors', () => isWrittenDown(page, texts), 60_000);
}
