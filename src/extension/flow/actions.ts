import * as vscode from 'vscode';
import type { Lazy } from '../../core/base/async';
import { ExpectedError } from '../../core/base/errors';
import type { ExecutionId } from '../../core/base/ids';
import { isDatasetPath } from '../../core/flow/datasets/dataset';
import { flowEditorType } from '../host/ids';
import type { FlowService } from './service';

/** What other features may ask of runs of flows. */
export class FlowActions {
	readonly #service: Lazy<FlowService>;
	#made: FlowService | undefined;

	constructor(service: Lazy<FlowService>) {
		this.#service = service;
		void service.whenMade.then(made => (this.#made = made));
	}

	/** Whether this window runs the execution now, so that it can be stopped here. */
	isRunningHere(id: ExecutionId): boolean {
		return this.#made?.runs.find(id) !== undefined;
	}

	/** Ends a run of this window at once; does nothing when it is over. */
	stop(id: ExecutionId): void {
		this.#made?.runs.find(id)?.run?.stop();
	}

	/** Goes on with a run that was cut off, on its graph. */
	async resume(id: ExecutionId): Promise<void> {
		const { book } = (await this.#service.get()).runs;
		const file = await book.fileOf(id);
		if (file === undefined) throw new ExpectedError('no-run', 'What this run did is not kept any more.');
		if (isDatasetPath(file)) throw new ExpectedError('is-test', 'This was a test: run it again from the Testing view.');
		await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(file), flowEditorType);
		await book.resume(file, id);
	}
}
