import type { Json } from '../../base/json';

/** What the page shows: the form of a new node, or a node that is tried out. */
export type NodePageView =
	| { readonly kind: 'new'; readonly schema: Readonly<Record<string, unknown>> }
	| {
			readonly kind: 'try';
			readonly title: string;
			/** Where it is, or would be saved. */
			readonly path: string;
			/** `inputs` and `params` of the node; absent inputs are not connected. */
			readonly schema: Readonly<Record<string, unknown>>;
			/** What it may reach once it is allowed to, in words. */
			readonly reaches: readonly string[];
			/** A model wrote it and nobody has saved it: what the model says about it. */
			readonly written: { readonly explanation: string } | null;
			/** It is no node now, and why. */
			readonly problem: string | null;
	  };

/** What a trial gave. */
export type NodeTrialView = {
	readonly log: readonly string[];
	readonly ms: number;
} & (
	| { readonly isOk: true; readonly outputs: Readonly<Record<string, Json>> }
	/** `line`: of the node's own file, from 1. */
	| { readonly isOk: false; readonly message: string; readonly line: number | null }
);

/** Between the page of one custom node and its host. */
export interface NodePageContract {
	requests: {
		/** `null`: what it showed is gone. */
		openNode: { params: null; result: NodePageView | null };
		/** Writes the file of the form, and opens it. */
		createNode: { params: { readonly form: unknown }; result: void };
		/** Runs the node once. Another trial of the same page is stopped. */
		tryNode: { params: { readonly input: unknown }; result: NodeTrialView };
		stopTrial: { params: null; result: void };
		openNodeFile: { params: { readonly line: number | null }; result: void };
		/** Saves what a model wrote. */
		saveNode: { params: null; result: void };
		/** Has the model change what it wrote. */
		changeNode: { params: { readonly wish: string }; result: void };
		closeNode: { params: null; result: void };
	};
	events: {
		/** The node is another one. */
		nodeChanged: NodePageView | null;
	};
}
