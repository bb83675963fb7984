import { diagnosticsTool } from './code/diagnostics';
import { referencesTool } from './code/references';
import { symbolsTool } from './code/symbols';
import { gitTools } from './commands/git';
import { runCommandTool } from './commands/runCommand';
import { terminalOutputTool } from './commands/terminalOutput';
import { editFileTool } from './files/editFile';
import { findFilesTool } from './files/findFiles';
import { listFolderTool } from './files/listFolder';
import { readDocumentTool } from './files/readDocument';
import { readFileTool } from './files/readFile';
import { ReadMarks } from './files/readMarks';
import { searchTool } from './files/search';
import { writeFileTool } from './files/writeFile';
import { runFlowTool } from './flows/runFlow';
import type { BuiltInPorts } from './ports';
import { askUserTool } from './small/askUser';
import { calculateTool } from './small/calculate';
import { memoryTools } from './small/memory';
import { notifyTool } from './small/notify';
import { queryLedgerTool } from './small/queryLedger';
import { systemInfoTool } from './small/systemInfo';
import { timeTool } from './small/time';
import type { Tool } from './tool';
import type { ToolSource } from './toolbox';
import { fetchPageTool } from './web/fetchPage';
import { httpRequestTool } from './web/httpRequest';
import { publicPorts, type FetchPorts } from './web/guardedFetch';
import { webSearchTool } from './web/webSearch';

/** Our own tools: those whose ports are there. The web search comes and goes with its setting. */
export function builtInTools(
	ports: BuiltInPorts,
	fetchPorts: FetchPorts = publicPorts(ports.version),
): Pick<ToolSource, 'tools'> {
	const fixed = [...fileTools(ports), ...editorTools(ports), ...otherTools(ports, fetchPorts)];
	let search: { readonly key: string; readonly tool: Tool } | undefined;
	return {
		tools: () => {
			const choice = ports.webSearch?.() ?? null;
			if (choice === null) return fixed;
			// The same object as long as nothing changes, so that its schema is compiled once.
			const key = choice.kind === 'searxng' ? choice.url : choice.kind;
			if (search?.key !== key) search = { key, tool: webSearchTool(fetchPorts, choice) };
			return [...fixed, search.tool];
		},
	};
}

function fileTools(ports: BuiltInPorts): readonly Tool[] {
	const marks = new ReadMarks();
	const searching = ports.ripgrep === null ? [] : [findFilesTool(ports), searchTool(ports)];
	const command = ports.shell === null ? [] : [runCommandTool(ports, ports.shell)];
	return [
		readFileTool(ports, marks),
		...(ports.readDocument ? [readDocumentTool(ports.readDocument)] : []),
		listFolderTool(),
		...searching,
		writeFileTool(ports, marks),
		editFileTool(ports, marks),
		...command,
		...gitTools(ports),
	];
}

function editorTools(ports: BuiltInPorts): readonly Tool[] {
	const { code, terminals } = ports;
	return [
		...(code ? [diagnosticsTool(code), symbolsTool(ports, code), referencesTool(code)] : []),
		...(terminals ? [terminalOutputTool(terminals)] : []),
	];
}

function otherTools(ports: BuiltInPorts, fetchPorts: FetchPorts): readonly Tool[] {
	const { readPage, people, memory, ledger, flows, clock } = ports;
	return [
		...(readPage ? [fetchPageTool(fetchPorts, readPage)] : []),
		httpRequestTool(fetchPorts),
		systemInfoTool(ports),
		calculateTool(),
		timeTool(clock),
		askUserTool(),
		...(people ? [notifyTool(people, clock)] : []),
		...(memory ? memoryTools(memory) : []),
		...(ledger ? [queryLedgerTool(ledger, clock)] : []),
		...(flows ? [runFlowTool(flows)] : []),
	];
}
