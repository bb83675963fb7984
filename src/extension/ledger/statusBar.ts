import * as vscode from 'vscode';
import { errorText } from '../../core/base/errors';
import { Owner } from '../../core/base/lifecycle';
import type { BudgetLevel } from '../../core/ledger/views/budget';
import { costsSummary } from '../../core/ledger/views/costsHover';
import { escapeMarkdown } from '../../core/ledger/views/viewNode';
import type { Host } from '../host/context';
import type { CostsSource } from './costsSource';
import { Refresher } from './refresher';

/** The status bar is not a meter: once every two seconds is enough. */
const refreshInterval = 2000;

const backgrounds: Readonly<Record<BudgetLevel, string | undefined>> = {
	none: undefined,
	ok: undefined,
	warning: 'statusBarItem.warningBackground',
	exceeded: 'statusBarItem.errorBackground',
};

/** Today's cost in the status bar; the details are in its hover, and the Costs view one click away. */
export class CostsStatusBar extends Owner {
	readonly #host: Host;
	readonly #source: CostsSource;
	readonly #item = this.own(
		vscode.window.createStatusBarItem('quarterdeck.costs', vscode.StatusBarAlignment.Right, 90),
	);
	readonly #refresher: Refresher;

	constructor(host: Host, source: CostsSource) {
		super();
		this.#host = host;
		this.#source = source;
		this.#item.name = 'Quarterdeck Costs';
		this.#item.command = 'quarterdeck.costs.open';
		this.#refresher = this.own(new Refresher(host.clock, refreshInterval, () => this.#refresh()));
		this.own(source.onDidChange(() => this.#refresher.request()));
		this.own(
			host.settings.onDidChange(keys => {
				if (keys.has('costs.statusBar')) this.#refresher.request();
			}),
		);
		this.#refresher.request();
	}

	async #refresh(): Promise<void> {
		if (!this.#host.settings.get('costs.statusBar')) {
			this.#item.hide();
			return;
		}
		try {
			const rows = await this.#source.read(['today', 'todayByModel', 'month']);
			const summary = costsSummary(rows, this.#source.budgets, this.#host.clock.now());
			this.#show(`$(graph) ${summary.text}`, summary.hover, summary.level, summary.spoken);
		} catch (error) {
			const reason = errorText(error);
			this.#host.log.error(error instanceof Error ? error : reason);
			const hover = `**The ledger could not be read**\n\n${escapeMarkdown(reason)}`;
			this.#show('$(warning) Costs', hover, 'none', `Costs are not known: ${reason}`);
		}
	}

	#show(text: string, hover: string, level: BudgetLevel, spoken: string): void {
		if (this.isDisposed) return;
		const background = backgrounds[level];
		this.#item.text = text;
		this.#item.tooltip = new vscode.MarkdownString(hover);
		this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
		this.#item.accessibilityInformation = { label: spoken };
		this.#item.show();
	}
}
