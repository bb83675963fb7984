import type { ValueKind } from '../model/flow';
import type { FlowEffect } from './facts';
import type { FlowPicture } from './picture';

export interface TemplateInputView {
	readonly name: string;
	readonly type: ValueKind;
	readonly description: string;
	/** As text; `null`: it is asked for when the flow runs. */
	readonly default: string | null;
}

/** A template as the gallery shows it. */
export interface TemplateView {
	readonly id: string;
	readonly category: string;
	readonly name: string;
	readonly description: string;
	readonly needs: readonly string[];
	readonly effects: readonly FlowEffect[];
	readonly modelNodes: number;
	readonly questions: number;
	readonly inputs: readonly TemplateInputView[];
	readonly outputs: readonly string[];
	/** Where a run ends at the latest: US dollars and minutes. */
	readonly maxCostUsd: number | null;
	readonly maxMinutes: number | null;
	readonly picture: FlowPicture;
}

/** Between the gallery and the host. */
export interface GalleryContract {
	requests: {
		templates: { params: null; result: readonly TemplateView[] };
		/** Asks for a name, writes the flow into the workspace and opens it. `false`: the user changed their mind. */
		use: { params: { readonly id: string }; result: boolean };
	};
	events: Record<string, never>;
}
