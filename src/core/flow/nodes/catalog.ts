import type { NodeCatalog, NodeType } from './nodeType';
import { agentLoop, claudeAgent } from './types/agents';
import { javascriptNode } from './types/code';
import {
	delayNode,
	forEachNode,
	ifNode,
	mapNode,
	mergeNode,
	passNode,
	raceNode,
	stopNode,
	switchNode,
	tryNode,
	whileNode,
} from './types/control';
import { pickNode, setNode } from './types/fields';
import { listFiles, readDocument, readFile, uploadFile, writeFile } from './types/files';
import { inputNode, logNode, note, outputNode, subFlow } from './types/flowEnds';
import { httpRequest } from './types/http';
import { parseJson, queryJson, writeJson } from './types/json';
import { keptNode } from './types/kept';
import { aggregateNode, filterNode, limitNode, sortNode, uniqueNode } from './types/lists';
import { gitCommit, gitDiff, gitLog, gitStatus, memoryGet, memorySet, shellCommand } from './types/machine';
import { llmNode, structuredLlm } from './types/models';
import { approvalNode, askNode, notifyNode } from './types/people';
import { combineText, matchText, replaceText, splitText, templateNode } from './types/texts';
import { mcpNode, toolNode } from './types/tools';
import { fileChangeTrigger, gitTrigger, manualTrigger, scheduleTrigger, webhookTrigger } from './types/triggers';
import { staticText, staticValue } from './types/values';

const types: readonly NodeType[] = [
	manualTrigger,
	scheduleTrigger,
	webhookTrigger,
	fileChangeTrigger,
	gitTrigger,
	inputNode,
	outputNode,
	subFlow,
	logNode,
	note,
	keptNode,
	claudeAgent,
	llmNode,
	structuredLlm,
	agentLoop,
	toolNode,
	mcpNode,
	ifNode,
	switchNode,
	mergeNode,
	mapNode,
	forEachNode,
	whileNode,
	tryNode,
	raceNode,
	delayNode,
	passNode,
	stopNode,
	staticValue,
	setNode,
	pickNode,
	filterNode,
	sortNode,
	limitNode,
	uniqueNode,
	aggregateNode,
	parseJson,
	queryJson,
	writeJson,
	javascriptNode,
	memoryGet,
	memorySet,
	staticText,
	templateNode,
	combineText,
	splitText,
	matchText,
	replaceText,
	readFile,
	writeFile,
	listFiles,
	readDocument,
	uploadFile,
	shellCommand,
	gitStatus,
	gitDiff,
	gitLog,
	gitCommit,
	httpRequest,
	approvalNode,
	askNode,
	notifyNode,
];

/** A catalog of some types: a type by its name alone is found in its newest version. */
export function catalogOf(list: readonly NodeType[]): NodeCatalog {
	const byName = new Map<string, NodeType>();
	for (const type of list) {
		byName.set(`${type.type}@${type.version}`, type);
		const newest = byName.get(type.type);
		if (!newest || newest.version < type.version) byName.set(type.type, type);
	}
	return {
		find(name) {
			const exact = byName.get(name);
			if (exact) return exact;
			// An earlier version is lifted by the newest, which has its `migrate`.
			const [base = '', version] = name.split('@');
			const newest = byName.get(base);
			return newest?.migrate && Number(version) < newest.version ? newest : undefined;
		},
		list: () => list,
	};
}

/** The node types that every flow may use. */
export const builtInCatalog: NodeCatalog = catalogOf(types);
