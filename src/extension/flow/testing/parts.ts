import type * as vscode from 'vscode';
import type { DatasetRow } from '../../../core/flow/datasets/dataset';
import type { RowResult } from '../../../core/flow/datasets/runDataset';
import type { FlowService } from '../service';

/** What an item of the Testing view stands for. */
export interface TestPlace {
	/** The file of tests. */
	readonly uri: vscode.Uri;
	/** `null`: the whole file. */
	readonly row: DatasetRow | null;
}

/** The items of the Testing view, as runs of them see them. */
export interface TestItems {
	readonly service: FlowService;
	readonly controller: vscode.TestController;
	placeOf(item: vscode.TestItem): TestPlace | undefined;
	/** The rows below an item, read if nobody has looked yet. */
	rowsOf(item: vscode.TestItem): Promise<readonly vscode.TestItem[]>;
	/** All files of tests. */
	files(): Promise<readonly vscode.TestItem[]>;
	noteResult(item: vscode.TestItem, result: RowResult): void;
}
