import type { ToolItem } from '../../../core/chat/items';

/** One tool call in a line: icon, name, what it is about, and the file it names. */
export interface ToolLine {
	readonly icon: string;
	readonly name: string;
	readonly summary: string;
	/** Absolute path, where the call is about one file: shown short and opened by a press. */
	readonly path: string | null;
	readonly line: number | null;
}

type Input = ToolItem['input'];

/** The text of a string field, else empty. Input is the model's own: every field may be missing or of another type. */
export function textField(input: Input, key: string): string {
	const value = input[key];
	return typeof value === 'string' ? value : '';
}

function numberField(input: Input, key: string): number | null {
	const value = input[key];
	return typeof value === 'number' ? value : null;
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

const icons: Readonly<Record<string, string>> = {
	Bash: 'terminal',
	BashOutput: 'output',
	KillShell: 'debug-stop',
	Edit: 'edit',
	MultiEdit: 'edit',
	Write: 'new-file',
	NotebookEdit: 'notebook',
	Read: 'file-code',
	Grep: 'search',
	Glob: 'list-tree',
	LS: 'folder-opened',
	TodoWrite: 'checklist',
	Task: 'organization',
	Agent: 'organization',
	WebFetch: 'globe',
	WebSearch: 'globe',
	AskUserQuestion: 'question',
	ExitPlanMode: 'list-ordered',
	Skill: 'mortar-board',
};

const names: Readonly<Record<string, string>> = {
	MultiEdit: 'Edit',
	TodoWrite: 'Todos',
	Task: 'Agent',
	AskUserQuestion: 'Question',
	ExitPlanMode: 'Plan',
	WebFetch: 'Fetch',
	WebSearch: 'Web search',
	BashOutput: 'Shell output',
	KillShell: 'Stop shell',
	NotebookEdit: 'Edit notebook',
};

/** Our own tools that take what one of the CLI's takes, and are shown like it. */
const likeness: Readonly<Record<string, string>> = {
	quarterdeck_read_file: 'Read',
	quarterdeck_edit_file: 'MultiEdit',
	quarterdeck_write_file: 'Write',
	quarterdeck_list_folder: 'LS',
	quarterdeck_find_files: 'Glob',
	quarterdeck_search: 'Grep',
	quarterdeck_run_command: 'Bash',
	quarterdeck_fetch_page: 'WebFetch',
	quarterdeck_web_search: 'WebSearch',
	quarterdeck_ask_user: 'AskUserQuestion',
};

/** The tool whose look a call has: for one of ours the CLI's like it, for any other its own. */
export function lookOf(tool: string): string {
	return likeness[tool] ?? tool;
}

/** `quarterdeck_git_status` as people read it: `Git status`. The names of others stay as they are. */
function ownName(tool: string): string {
	if (!tool.startsWith('quarterdeck_')) return tool;
	const words = tool.slice('quarterdeck_'.length).replaceAll('_', ' ');
	return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Splits `mcp__server__tool`; `null` for the CLI's own tools. */
export function mcpName(tool: string): { readonly server: string; readonly tool: string } | null {
	// Tools that we serve to the CLI carry our name before their server's.
	const match = /^mcp__(?:quarterdeck__(?=.+__))?(.+?)__(.+)$/.exec(tool);
	return match ? { server: match[1] ?? '', tool: match[2] ?? '' } : null;
}

/** Describes a call in one line. `root` is the folder that paths are shown relative to. */
export function describeTool(item: Pick<ToolItem, 'tool' | 'input'>, root: string | null): ToolLine {
	const { input } = item;
	const tool = lookOf(item.tool);
	const mcp = mcpName(tool);
	const base = {
		icon: mcp ? 'plug' : (icons[tool] ?? 'tools'),
		name: mcp
			? `${mcp.server} · ${mcp.tool}`
			: item.tool === tool
				? (names[tool] ?? ownName(tool))
				: ownName(item.tool),
		path: null,
		line: null,
	};
	if (pathTools.has(tool)) return { ...base, ...pathLine(tool, input) };
	return { ...base, summary: summaryOf(tool, input, root) };
}

const pathTools = new Set(['Read', 'Edit', 'MultiEdit', 'Write', 'NotebookEdit']);

function pathLine(tool: string, input: Input): Pick<ToolLine, 'summary' | 'path' | 'line'> {
	const path = textField(input, 'file_path') || textField(input, 'notebook_path');
	const offset = numberField(input, 'offset') ?? numberField(input, 'first_line');
	const limit = numberField(input, 'limit') ?? numberField(input, 'line_count');
	if (tool !== 'Read' || (offset === null && limit === null)) return { summary: '', path: path || null, line: null };
	const from = Math.max(1, offset ?? 1);
	return {
		summary: limit === null ? `from line ${from}` : `lines ${from}–${from + limit - 1}`,
		path: path || null,
		line: from,
	};
}

function summaryOf(tool: string, input: Input, root: string | null): string {
	switch (tool) {
		case 'Bash':
			return textField(input, 'description') || firstLine(textField(input, 'command'));
		case 'Grep':
		case 'Glob':
			return [textField(input, 'pattern'), textField(input, 'glob'), shortPath(textField(input, 'path'), root)]
				.filter(text => text !== '' && text !== '.')
				.join('  in  ');
		case 'LS':
			return shortPath(textField(input, 'path'), root);
		case 'TodoWrite':
			return todoSummary(todosOf(input));
		case 'Task':
		case 'Agent':
			return [textField(input, 'subagent_type'), textField(input, 'description')].filter(Boolean).join(': ');
		case 'AskUserQuestion':
			return questionSummary(input);
		case 'ExitPlanMode':
			return '';
		default:
			return anySummary(input);
	}
}

const telling = ['url', 'query', 'command', 'pattern', 'path', 'file_path', 'name', 'title', 'description', 'prompt'];

function anySummary(input: Input): string {
	const key =
		telling.find(name => textField(input, name) !== '') ??
		Object.keys(input).find(name => textField(input, name) !== '');
	return key === undefined ? '' : firstLine(textField(input, key)).slice(0, 200);
}

function questionSummary(input: Input): string {
	const questions = Array.isArray(input['questions']) ? (input['questions'] as readonly unknown[]) : [];
	const first = questions[0];
	return typeof first === 'object' && first !== null && 'question' in first ? String(first.question) : '';
}

export interface Todo {
	readonly text: string;
	readonly status: 'pending' | 'in_progress' | 'completed';
}

/** The checklist of a TodoWrite call; entries of another shape are left out. */
export function todosOf(input: Input): readonly Todo[] {
	const list = Array.isArray(input['todos']) ? (input['todos'] as readonly unknown[]) : [];
	return list.flatMap(entry => {
		if (typeof entry !== 'object' || entry === null) return [];
		const { content, activeForm, status } = entry as Record<string, unknown>;
		const isActive = status === 'in_progress';
		const text = isActive && typeof activeForm === 'string' ? activeForm : content;
		if (typeof text !== 'string') return [];
		return [{ text, status: isActive || status === 'completed' ? status : 'pending' }];
	});
}

function todoSummary(todos: readonly Todo[]): string {
	return `${todos.filter(todo => todo.status === 'completed').length} of ${todos.length} done`;
}

/** A path below `root` relative to it, any other as it is. */
export function relativePath(path: string, root: string | null): string {
	if (root === null) return path;
	// Windows and what models write of it differ in slashes and in the case of the drive.
	const plain = (text: string): string => (/^[a-z]:|\\/i.test(root) ? text.replaceAll('\\', '/').toLowerCase() : text);
	const folder = plain(root).replace(/\/$/, '');
	if (plain(path) === folder) return '.';
	return plain(path).startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** The last parts of a path, enough to know it by; relative to `root` where it is below that. */
export function shortPath(path: string, root: string | null, parts = 3): string {
	const shown = relativePath(path, root);
	const all = shown.split(/[\\/]/).filter(Boolean);
	return all.length <= parts ? shown : `…/${all.slice(-parts).join('/')}`;
}
