import { localDay, type Clock } from '../../core/base/clock';
import { errorText } from '../../core/base/errors';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../../core/base/lifecycle';
import type { Logger } from '../../core/base/logger';
import { toDollars } from '../../core/base/money';
import { metricsOf } from '../../core/hardware/metrics';
import type { HardwareFeed } from '../../core/hardware/feed';
import type { AlertEngine } from '../../core/health/alerts/alertEngine';
import { stateValues } from '../../core/health/alerts/rule';
import type { SubjectFacts } from '../../core/health/alerts/words';
import { failuresInRow } from '../../core/health/alerts/failures';
import type { HealthMonitor } from '../../core/health/healthMonitor';
import type { ServiceView } from '../../core/health/health';
import { hourOf, leastWatchedMs, uptimeOf, watchedText } from '../../core/health/uptime';
import type { Ledger } from '../../core/ledger/queries';
import type { Budgets } from '../../core/ledger/views/budget';
import { Refresher } from '../ledger/refresher';
import type { ProviderSource } from './sources/providerSource';

const tickMs = 15_000;
const minuteMs = 60_000;
const uptimeMs = 10 * minuteMs;
/** How often the running hours are written down; a killed window loses as much. */
const hoursMs = 5 * minuteMs;
const costMs = 2_000;

export interface SignalDeps {
	readonly clock: Clock;
	readonly log: Logger;
	readonly engine: AlertEngine;
	readonly monitor: HealthMonitor;
	readonly ledger: Ledger;
	readonly budgets: () => Budgets;
	readonly hardware: () => Promise<HardwareFeed>;
	readonly providers: () => ProviderSource | undefined;
}

/** Tells the rules what is so: the machine, services, costs and runs. Of what is not its window's, only while it leads. */
export class Signals extends Owner {
	readonly #deps: SignalDeps;
	readonly #tick = this.own(new MutableDisposable<Disposable>());
	readonly #sampling = this.own(new MutableDisposable<Disposable>());
	readonly #end = new AbortController();
	readonly #costs: Refresher;
	readonly #runs: Refresher;
	#minuteAt = -Infinity;
	#uptimeAt = -Infinity;
	#uptimes: readonly { readonly subject: string; readonly percent: number; readonly facts: SubjectFacts }[] = [];
	#spilled: ReadonlySet<string> = new Set();
	#isOn = false;

	constructor(deps: SignalDeps) {
		super();
		this.#deps = deps;
		this.own(toDisposable(() => this.#end.abort()));
		this.#costs = this.own(new Refresher(deps.clock, costMs, () => this.#safely('Costs', () => this.#feedCosts())));
		this.#runs = this.own(new Refresher(deps.clock, costMs, () => this.#safely('Runs', () => this.#feedRuns())));
		this.own(deps.monitor.onDidChange(() => this.#feedServices()));
		this.own(
			deps.ledger.onDidChange(change => {
				if (!this.#leads) return;
				if (change.costs) this.#costs.request();
				if (change.executions.length > 0) this.#runs.request();
			}),
		);
	}

	get #leads(): boolean {
		return this.#isOn && this.#deps.monitor.isLeader;
	}

	/** Begins and ends with the trust in the workspace and with the lead. */
	update(isOn: boolean): void {
		this.#isOn = isOn;
		if (isOn && !this.#tick.value) this.#next(0);
		if (!isOn) this.#tick.value = undefined;
		if (!this.#leads) this.#sampling.value = undefined;
		else if (!this.#sampling.value) this.#watchMachine();
	}

	#next(ms: number): void {
		this.#tick.value = this.#deps.clock.after(ms, () => {
			this.#next(tickMs);
			this.#feedServices();
			void this.#safely('Rules', () => this.#minutely());
		});
	}

	#watchMachine(): void {
		let watching: Disposable | undefined;
		let isWanted = true;
		this.#sampling.value = toDisposable(() => {
			isWanted = false;
			watching?.dispose();
		});
		void this.#safely('The hardware sampler', async () => {
			const feed = await this.#deps.hardware();
			if (!isWanted || this.isDisposed) return;
			const listening = feed.onDidSample(sample => {
				for (const [name, value] of metricsOf(sample)) this.#deps.engine.feed(kindOf(name), name, value);
			});
			const pace = feed.watch('background');
			watching = toDisposable(() => {
				listening.dispose();
				pace.dispose();
			});
		});
	}

	#feedServices(): void {
		if (!this.#isOn) return;
		const { monitor } = this.#deps;
		for (const service of monitor.services) if (monitor.isMine(service.id)) this.#feedService(service);
	}

	#feedService(service: ServiceView): void {
		const { engine } = this.#deps;
		if (service.checkedAt === null) return;
		const subject = `service:${service.id}`;
		const isOfWindow = this.#deps.monitor.isOfWindow(service.id);
		const facts = { name: service.name, detail: service.reason, isOfWindow };
		// What nobody counts on, or what was stopped on purpose, is no failure.
		const isFault = service.isExpected && !service.isStopped;
		engine.feed('service.state', subject, isFault ? stateValues[service.state] : 0, facts);
		if (service.latencyMs !== null) engine.feed('service.latency', subject, service.latencyMs, facts);
	}

	async #minutely(): Promise<void> {
		const { clock, engine, monitor, providers } = this.#deps;
		const now = clock.monotonic();
		if (now - this.#minuteAt < minuteMs) return;
		this.#minuteAt = now;
		engine.sweep(monitor.isLeader);
		monitor.flush(hoursMs);
		if (!this.#leads) return;
		this.#costs.request();
		this.#runs.request();
		await this.#feedModels();
		if (now - this.#uptimeAt >= uptimeMs) {
			this.#uptimeAt = now;
			// What was started since is watched, too.
			await providers()?.find();
			await this.#readUptimes();
		}
		// Read rarely and told often: what comes minutes apart would never have lasted for a rule.
		if (this.#leads)
			for (const { subject, percent, facts } of this.#uptimes) engine.feed('service.uptime', subject, percent, facts);
	}

	async #feedModels(): Promise<void> {
		const { engine, providers } = this.#deps;
		const models = (await providers()?.spilled(this.#end.signal)) ?? [];
		const seen = new Set<string>();
		for (const { provider, model, percent } of models) {
			const subject = `model:${provider}/${model}`;
			seen.add(subject);
			const detail = `${provider} keeps a part of it in ordinary memory, which is slower. Take a smaller one, or a smaller context.`;
			engine.feed('model.spilled', subject, percent, { name: model, detail });
		}
		for (const subject of this.#spilled) if (!seen.has(subject)) engine.feed('model.spilled', subject, 0);
		this.#spilled = seen;
	}

	async #readUptimes(): Promise<void> {
		const { clock, monitor, ledger } = this.#deps;
		const hour = hourOf(clock.now());
		const hours = await ledger.query('serviceHours', { from: hour - 23, to: hour + 1 });
		this.#uptimes = monitor.services.flatMap(({ id, name, reason }) => {
			const uptime = uptimeOf(hours.filter(({ service }) => service === id));
			if (!uptime || uptime.watchedMs < leastWatchedMs) return [];
			const facts = { name, detail: reason, watched: watchedText(uptime.watchedMs) };
			return [{ subject: `service:${id}`, percent: uptime.percent, facts }];
		});
	}

	async #feedCosts(): Promise<void> {
		if (!this.#leads) return;
		const { clock, engine, ledger, budgets } = this.#deps;
		const today = localDay(clock.now());
		const month = today.slice(0, 7);
		const [days, months] = await Promise.all([
			ledger.query('costs', { fromDay: today, toDay: today, by: ['day'] }),
			ledger.query('costs', { fromDay: `${month}-01`, toDay: `${month}-31`, by: ['month'] }),
		]);
		const { dailyUsd, monthlyUsd } = budgets();
		const feed = (name: 'day' | 'month', usd: number, limit: number): void => {
			engine.feed(`cost.${name}`, `cost:${name}`, usd);
			engine.feed(`budget.${name}`, `budget:${name}`, limit > 0 ? (usd / limit) * 100 : 0);
		};
		feed('day', sum(days), dailyUsd);
		feed('month', sum(months), monthlyUsd);
	}

	async #feedRuns(): Promise<void> {
		if (!this.#leads) return;
		const { engine, ledger } = this.#deps;
		const rows = await ledger.query('executions', { kinds: ['flow', 'schedule'], limit: 200 });
		for (const { key, name, failures, error } of failuresInRow(rows))
			engine.feed('flow.failures', `flow:${key}`, failures, { name, detail: error });
	}

	async #safely(what: string, work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!this.isDisposed) this.#deps.log.warn(`${what} could not be looked at for alerts: ${errorText(error)}`);
		}
	}
}

function sum(rows: readonly { readonly cost: number }[]): number {
	return toDollars(rows.reduce((total, { cost }) => total + cost, 0));
}

function kindOf(metric: string): string {
	return metric.split(':', 1)[0]!;
}
