import type { Lazy } from '../../core/base/async';
import { DisposableStore, type Disposable } from '../../core/base/lifecycle';
import type { Host } from '../host/context';
import { languageModelToolNames, offerToVsCode } from './languageModelTools';
import type { ToolsService } from './service';

/** Offers tools to VS Code's own chat, and registers the command of the web search. The tools load on first use. */
export function registerTools(host: Host, service: Lazy<ToolsService>): Disposable {
	const store = new DisposableStore();
	for (const name of languageModelToolNames) store.add(offerToVsCode(name, service));
	store.add(
		host.commands.register('quarterdeck.search.setUp', async () => {
			const { setUpWebSearch } = await import('./webSearch');
			await setUpWebSearch(host);
		}),
	);
	return store;
}
