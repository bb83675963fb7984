import type * as fc from 'fast-check';
import type { FlowOp } from '../../../../src/core/flow/model/ops';
import { SyncHost } from '../../../../src/core/flow/model/syncHost';
import type { SyncAnswer, SyncText } from '../../../../src/core/flow/model/syncHost';
import { SyncPage } from '../../../../src/core/flow/model/syncPage';
import { applyTextEdit } from '../../../../src/core/flow/model/textEdit';
import type { TextEdit } from '../../../../src/core/flow/model/textEdit';

/** Lets time pass between things that happen, in an order of its own. */
export type Delay = () => Promise<unknown>;

/** A text document with undo that refuses an edit made for an earlier version of it, as VS Code's does. */
export class FakeDocument implements SyncText {
	private past: string[] = [];
	private future: string[] = [];
	onDidChange: () => void = () => undefined;
	edits = 0;

	constructor(
		private current: string,
		private readonly delay: Delay,
	) {}

	text(): string {
		return this.current;
	}

	async edit(edit: TextEdit): Promise<boolean> {
		const before = this.current;
		await this.delay();
		if (this.current !== before) return false;
		this.edits++;
		this.set(applyTextEdit(before, edit));
		await this.delay();
		return true;
	}

	/** Somebody types, or a checkout happens. */
	set(text: string): void {
		if (text === this.current) return;
		this.past.push(this.current);
		this.future = [];
		this.show(text);
	}

	undo(): void {
		const text = this.past.pop();
		if (text === undefined) return;
		this.future.push(this.current);
		this.show(text);
	}

	redo(): void {
		const text = this.future.pop();
		if (text === undefined) return;
		this.past.push(this.current);
		this.show(text);
	}

	private show(text: string): void {
		this.current = text;
		this.onDidChange();
	}
}

/** Messages that arrive in order, some time later. */
class Line {
	private last: Promise<unknown> = Promise.resolve();

	constructor(private readonly delay: Delay) {}

	post(deliver: () => void): void {
		this.last = this.last.then(this.delay).then(deliver);
	}
}

/** A page that is connected to a host by two lines. */
export class FakePage {
	readonly page: SyncPage;
	private readonly toHost: Line;
	private readonly toPage: Line;
	readonly failures: unknown[] = [];
	gaps = 0;
	/** Loses what the host tells. */
	isDeaf = false;

	constructor(
		private readonly host: SyncHost<FakePage>,
		delay: Delay,
	) {
		this.toHost = new Line(delay);
		this.toPage = new Line(delay);
		this.page = new SyncPage(
			{ version: host.version, flow: host.flow },
			async (base, { ops, label }) => {
				await new Promise<void>(resolve => this.toHost.post(resolve));
				return this.answer(this.host.apply(this, base, ops, label));
			},
			{
				flow: () => undefined,
				failure: error => this.failures.push(error),
				gap: () => {
					this.gaps++;
					this.toHost.post(() => {
						const { version, flow } = this.host;
						this.toPage.post(() => this.page.take(version, { flow }));
					});
				},
			},
		);
	}

	private answer(answer: Promise<SyncAnswer>): Promise<SyncAnswer> {
		return new Promise((resolve, reject) => {
			answer.then(
				value => this.toPage.post(() => resolve(value)),
				(error: unknown) => this.toPage.post(() => reject(error)),
			);
		});
	}

	tell(version: number, ops: readonly FlowOp[]): void {
		if (!this.isDeaf) this.toPage.post(() => this.page.take(version, { ops }));
	}
}

export interface World {
	readonly document: FakeDocument;
	readonly host: SyncHost<FakePage>;
	readonly pages: readonly FakePage[];
}

export function makeWorld(text: string, delay: Delay, count = 2): World {
	const document = new FakeDocument(text, delay);
	const pages: FakePage[] = [];
	const host = new SyncHost<FakePage>(document, {
		changed: ({ version, ops }, author) => {
			for (const page of pages) if (page !== author) page.tell(version, ops);
		},
		problems: () => undefined,
	});
	document.onDidChange = () => host.textChanged();
	for (let at = 0; at < count; at++) pages.push(new FakePage(host, delay));
	return { document, host, pages };
}

/** Waits until nothing is under way any more. */
export async function settle(scheduler: fc.Scheduler, pages: readonly FakePage[]): Promise<void> {
	for (let quiet = 0; quiet < 20;) {
		if (scheduler.count() > 0) {
			quiet = 0;
			await scheduler.waitOne();
		} else if (pages.every(({ page }) => page.isSettled)) quiet++;
		await Promise.resolve();
	}
}
