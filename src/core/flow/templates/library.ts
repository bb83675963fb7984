import { ExpectedError } from '../../base/errors';
import type { Flow } from '../model/flow';
import { parseFlow } from '../model/parse';
import { slugOf } from '../model/slugs';

/** `media/templates/index.json`: the categories of the gallery, and the files of each in their order. */
export type TemplateIndex = readonly { readonly category: string; readonly templates: readonly string[] }[];

/** One file of `media/templates`, as the build packs it. */
export interface PackedTemplate {
	/** The file's name without `.flow.json`. */
	readonly id: string;
	readonly category: string;
	/** The whole document. */
	readonly text: string;
}

/** A flow to begin with. */
export interface FlowTemplate {
	readonly id: string;
	readonly category: string;
	readonly flow: Flow;
}

/** Reads what the build packed. */
export function readTemplates(packed: readonly PackedTemplate[]): readonly FlowTemplate[] {
	return packed.map(({ id, category, text }) => {
		const { flow, problems } = parseFlow(text);
		if (!flow) throw new Error(`The template '${id}' cannot be read: ${problems[0]?.message ?? 'no reason'}`);
		return { id, category, flow };
	});
}

/** The template of an id that a page or a command names. */
export function findTemplate(templates: readonly FlowTemplate[], id: string): FlowTemplate {
	const found = templates.find(template => template.id === id);
	if (!found) throw new ExpectedError('no-template', 'There is no such template.');
	return found;
}

/** A flow of the user's own, made of a template. */
export function flowOfTemplate({ flow }: FlowTemplate, name: string): Flow {
	return { ...flow, id: slugOf(name, 'flow'), name };
}
