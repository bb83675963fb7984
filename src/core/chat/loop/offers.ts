import type { ToolOffer } from '../../providers/provider';
import { toolTier } from '../../safety/tiers';
import type { Tool } from '../../tools/tool';
import type { PermissionMode } from '../items';

/** How a model ends plan mode. It has the name of the CLI's own, so that its row and its card are the same. */
export const planTool: ToolOffer = {
	name: 'ExitPlanMode',
	description: 'Shows the user your plan, to be accepted or sent back. Call it once the plan is complete.',
	schema: {
		type: 'object',
		properties: { plan: { type: 'string', description: 'The plan, in Markdown.' } },
		required: ['plan'],
	},
};

/** Which tools a mode offers: in plan mode those that only read. */
export function offeredIn(mode: PermissionMode): (tool: Tool) => boolean {
	return ({ name }) => {
		const { tier } = toolTier(name);
		return mode === 'plan' ? tier === 'GREEN' : tier !== 'BLACK';
	};
}

/** The tools as they are offered to a model in a mode. */
export function offersFor(tools: readonly Tool[], mode: PermissionMode): readonly ToolOffer[] {
	const offers = tools.filter(offeredIn(mode)).map(({ name, description, schema }) => ({ name, description, schema }));
	return mode === 'plan' ? [...offers, planTool] : offers;
}
