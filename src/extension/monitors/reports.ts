import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { localDay } from '../../core/base/clock';
import { errorText, ExpectedError } from '../../core/base/errors';
import { newId, type ExecutionId } from '../../core/base/ids';
import { MutableDisposable, Owner, type Disposable } from '../../core/base/lifecycle';
import { parseCron } from '../../core/flow/triggers/cron';
import { Schedule } from '../../core/flow/triggers/schedule';
import { ownZone } from '../../core/flow/triggers/zone';
import type { HardwareFeed } from '../../core/hardware/feed';
import type { MachineFacts, Sample } from '../../core/hardware/sample';
import type { LedgerEvent, Trigger } from '../../core/ledger/events';
import type { CostRow, Ledger } from '../../core/ledger/queries';
import { costQueries } from '../../core/ledger/views/costsTree';
import { formatTime } from '../../core/ledger/views/format';
import { storageOf } from '../../core/monitors/ownStorage';
import { machineReport, type MachineReport, type ReportFacts } from '../../core/monitors/report';
import { adviceMessages, reportMarkdown, type ReportAdvice } from '../../core/monitors/reportText';
import { runSampling } from '../../core/providers/mcpSampling';
import { modelRefText, parseModelRef } from '../../core/providers/provider';
import { recordAnswer, type AnswerRun, type RecordPorts } from '../../core/providers/recorded';
import { ensureFolder, writeFileAtomic } from '../../core/storage/files';
import type { ChatService } from '../chat/service';
import { requireTrust } from '../flow/trust';
import type { Host } from '../host/context';
import { showMarkdown } from '../host/showMarkdown';
import { unlinked } from '../host/unlinked';
import { workspaceFolders } from '../host/workspace';
import { pickModel } from '../mcp/sampling';
import type { ProviderService } from '../providers/service';
import type { MonitorService } from './service';

export interface ReportDeps {
	readonly host: Host;
	readonly ledger: Lazy<Ledger>;
	readonly hardware: () => Promise<HardwareFeed>;
	readonly providers: Lazy<ProviderService>;
	readonly chat: Lazy<ChatService>;
	readonly health: Pick<ReportFacts, 'services'> & { readonly alerts: { readonly open: ReportFacts['alerts'] } };
	append(event: LedgerEvent): void;
}

const dayMs = 24 * 3_600_000;
/** A machine that cannot be measured must not keep the report from being made. */
const sampleMs = 5_000;
const mostExecutions = 1_000;
const adviceTokens = 1_500;
const doneKey = 'report.doneUntil';

/** Makes machine reports: when somebody asks, and by a schedule. */
export class Reports extends Owner {
	readonly #deps: ReportDeps;
	readonly #monitors: MonitorService;
	readonly #schedule = this.own(new MutableDisposable<Disposable>());

	constructor(deps: ReportDeps, monitors: MonitorService) {
		super();
		this.#deps = deps;
		this.#monitors = monitors;
		this.#plan();
		this.own(
			deps.host.settings.onDidChange(keys => {
				if (keys.has('report.schedule')) this.#plan();
			}),
		);
	}

	/** Makes a report and opens it. */
	async show(): Promise<void> {
		const report = await this.#make();
		await showMarkdown(await this.#save(report));
	}

	/** Lets a model that the user chooses add its advice. Nothing is asked before they have chosen. */
	async showWithModel(): Promise<void> {
		requireTrust('Models are asked');
		const { providers, chat } = this.#deps;
		const service = await providers.get();
		await service.look();
		const chosen = await pickModel(service.providers, new AbortController().signal);
		if (!chosen) return;
		const remaining = await (await chat.get()).remainingBudget();
		if (remaining !== null && remaining <= 0 && !chosen.isLocal)
			throw new ExpectedError(
				'budget-used-up',
				'The budget is used up, so no model is asked. The report can be made without one.',
			);
		const uri = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: unlinked(`Asking ${chosen.label}…`), cancellable: true },
			async (_, token) => {
				const abort = new AbortController();
				const listening = token.onCancellationRequested(() => abort.abort());
				try {
					const report = await this.#make();
					return await this.#save(report, await this.#ask(chosen.model, report, abort.signal));
				} finally {
					listening.dispose();
				}
			},
		);
		await showMarkdown(uri);
	}

	async #make(): Promise<MachineReport> {
		return machineReport(await this.#facts());
	}

	async #facts(): Promise<ReportFacts> {
		const { host, ledger, health } = this.#deps;
		const at = host.clock.now();
		const kept = await ledger.get();
		const [executions, machine, storage, repairs, today, month] = await Promise.all([
			kept.query('executions', { from: at - dayMs, limit: mostExecutions }),
			this.#machine(),
			storageOf(host.context.globalStorageUri.fsPath),
			this.#monitors.repairs.read(),
			kept.query('costs', costQueries(at).today),
			kept.query('costs', costQueries(at).month),
		]);
		const failed = executions.filter(({ status }) => status === 'failed');
		return {
			at,
			...machine,
			services: health.services,
			alerts: health.alerts.open,
			executions: executions.length,
			failures: failed.map(({ title, error, startedAt }) => ({ title, error, at: startedAt })),
			costs: {
				today: sum(today, 'cost'),
				month: sum(month, 'cost'),
				unpriced: sum(month, 'unpriced'),
				dailyUsd: host.settings.get('budget.dailyUsd'),
				monthlyUsd: host.settings.get('budget.monthlyUsd'),
			},
			storage,
			repairs: repairs.filter(repair => at - repair.at < dayMs),
		};
	}

	/** What the machine itself tells, as far as it does in time. */
	async #machine(): Promise<Pick<ReportFacts, 'machine' | 'sample'>> {
		const { host, hardware } = this.#deps;
		try {
			const feed = await hardware();
			const [facts, sample] = await Promise.all([feed.facts(), nextSample(feed, host)]);
			return { machine: machineText(facts), ...(sample ? { sample } : {}) };
		} catch (error) {
			host.log.warn(`The machine could not be looked at for its report: ${errorText(error)}`);
			return {};
		}
	}

	async #ask(model: string, report: MachineReport, signal: AbortSignal): Promise<ReportAdvice> {
		const { host, providers } = this.#deps;
		const { providers: registry } = await providers.get();
		const ref = parseModelRef(model);
		const { provider } = registry.resolve(ref);
		const ports: RecordPorts = {
			clock: host.clock,
			append: event => this.#deps.append(event),
			price: (of, usage) => registry.price(of, usage),
		};
		const run = { ...execution('Advice on the machine report', 'user'), ref };
		const messages = adviceMessages(report);
		const request = { model: ref.model, messages, maxOutputTokens: adviceTokens, signal };
		const { answer } = await recordAnswer(ports, run, () => runSampling(provider, request), signal);
		const [content] = [answer.content].flat();
		return { model: modelRefText(ref), text: content?.type === 'text' ? content.text : '' };
	}

	async #save(report: MachineReport, advice?: ReportAdvice): Promise<vscode.Uri> {
		const folder = join(this.#monitors.folder, 'reports');
		await ensureFolder(folder);
		const time = formatTime(report.at).replace(':', '');
		const path = join(folder, `machine-report-${localDay(report.at)}-${time}.md`);
		await writeFileAtomic(path, reportMarkdown(report, advice));
		return vscode.Uri.file(path);
	}

	/** By the clock of the wall, in the window that looks after the machine. */
	#plan(): void {
		const { host } = this.#deps;
		const { clock, settings, context, log } = host;
		this.#schedule.value = undefined;
		const line = settings.get('report.schedule').trim();
		if (line === '') return;
		try {
			const now = clock.now();
			const done = context.globalState.get<unknown>(doneKey);
			this.#schedule.value = new Schedule({
				clock,
				times: { cron: parseCron(line), zone: ownZone() },
				catchUp: 'once',
				since: now,
				doneUntil: typeof done === 'number' ? Math.min(done, now) : now,
				keep: until => void context.globalState.update(doneKey, until),
				onNext: () => undefined,
				fire: () => void this.#fire().catch((error: unknown) => log.error(`No machine report: ${errorText(error)}`)),
			});
		} catch (error) {
			void this.#showProblem(errorText(error));
		}
	}

	async #fire(): Promise<void> {
		if (!(await this.#monitors.isHolder())) return;
		const report = await this.#make();
		const title = `Machine report: ${report.score} of 100`;
		const id = newId<ExecutionId>();
		const run = execution(title, 'schedule');
		this.#deps.append({ type: 'execution.started', execution: id, ...run, provider: 'quarterdeck', model: null });
		const ended = (status: 'succeeded' | 'failed', error: string | null): void =>
			this.#deps.append({ type: 'execution.ended', execution: id, status, error });
		const uri = await this.#save(report).catch((error: unknown) => {
			ended('failed', errorText(error));
			throw error;
		});
		ended('succeeded', null);
		const [worst] = report.reasons;
		const show = 'Open Report';
		const text = worst ? `${title}. ${worst.sentence}` : `${title}.`;
		if ((await vscode.window.showInformationMessage(unlinked(text), show)) === show) await showMarkdown(uri);
	}

	async #showProblem(problem: string): Promise<void> {
		const show = 'Open Setting';
		const text = `No machine report is made by itself: ${problem}`;
		if ((await vscode.window.showWarningMessage(unlinked(text), show)) === show)
			await vscode.commands.executeCommand('workbench.action.openSettings', 'quarterdeck.report.schedule');
	}
}

/** A report as the ledger names it. */
function execution(title: string, trigger: Trigger): Omit<AnswerRun, 'ref'> {
	const [project = null] = workspaceFolders();
	return { kind: 'runbook', title, trigger, agent: 'machine-report', project, conversation: null };
}

/** The next sample whose processor figure has something to compare with; the last one when it takes too long. */
async function nextSample(feed: HardwareFeed, { clock }: Host): Promise<Sample | undefined> {
	const watching = feed.watch('page');
	let listening: Disposable | undefined;
	let timer: Disposable | undefined;
	try {
		await new Promise<void>(resolve => {
			listening = feed.onDidSample(({ cpu }) => {
				if (cpu.usage !== undefined) resolve();
			});
			timer = clock.after(sampleMs, resolve);
		});
		return feed.latest;
	} finally {
		for (const each of [watching, listening, timer]) each?.dispose();
	}
}

function machineText({ hostname, system, remote }: MachineFacts): string {
	return `${hostname} (${[system, ...(remote === undefined ? [] : [remote])].join(', ')})`;
}

function sum(rows: readonly CostRow[], key: 'cost' | 'unpriced'): number {
	return rows.reduce((total, row) => total + row[key], 0);
}
