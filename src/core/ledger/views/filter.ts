import type { ExecutionFilter } from '../queries';
import { folderName, kindLabels, statusLabels } from './format';

/** What a user may narrow the executions by. */
export type ExecutionsFilter = Pick<ExecutionFilter, 'statuses' | 'kinds' | 'agent' | 'model' | 'project' | 'text'>;

/** Whether anything is narrowed at all. */
export function isFiltered(filter: ExecutionsFilter): boolean {
	return Object.keys(normalized(filter)).length > 0;
}

/** The filter without parts that say nothing: empty lists and blank texts. */
export function normalized(filter: ExecutionsFilter): ExecutionsFilter {
	const { statuses, kinds, agent, model, project, text } = filter;
	return {
		...(statuses && statuses.length > 0 ? { statuses } : {}),
		...(kinds && kinds.length > 0 ? { kinds } : {}),
		...(agent !== undefined && agent !== '' ? { agent } : {}),
		...(model !== undefined && model !== '' ? { model } : {}),
		...(project !== undefined && project !== '' ? { project } : {}),
		...(text !== undefined && text.trim() !== '' ? { text: text.trim() } : {}),
	};
}

/** `Failed or Stopped · Chat · model opus · “migrate”`; empty without a filter. */
export function describeFilter(filter: ExecutionsFilter): string {
	const { statuses, kinds, agent, model, project, text } = normalized(filter);
	const parts = [
		(statuses ?? []).map(status => statusLabels[status]).join(' or '),
		(kinds ?? []).map(kind => kindLabels[kind]).join(' or '),
		model === undefined ? '' : `model ${model}`,
		agent === undefined ? '' : `agent ${agent}`,
		project === undefined ? '' : `project ${folderName(project)}`,
		text === undefined ? '' : `“${text}”`,
	];
	return parts.filter(part => part !== '').join(' · ');
}
