import type { BoxWorld } from '../layout/boxes';
import { portsOfFlow } from '../nodes/types/flowEnds';
import { flowFacts } from './facts';
import type { TemplateInputView, TemplateView } from './galleryProtocol';
import type { FlowTemplate } from './library';
import { pictureOf } from './picture';

/** A template with all that one wants to know before using it. */
export function templateView({ id, category, flow }: FlowTemplate, world: BoxWorld): TemplateView {
	return {
		id,
		category,
		name: flow.name,
		description: flow.description ?? '',
		...flowFacts(flow, world.catalog),
		inputs: Object.entries(flow.inputs).map(([name, input]): TemplateInputView => ({
			name,
			type: input.type,
			description: input.description ?? '',
			default: input.default === undefined ? null : shown(input.default),
		})),
		outputs: portsOfFlow(flow).outputs.map(({ name }) => name),
		maxCostUsd: flow.limits.maxCostUsd ?? null,
		maxMinutes: flow.limits.maxMinutes ?? null,
		picture: pictureOf(flow, world),
	};
}

function shown(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
