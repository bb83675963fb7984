import { isFrame } from './control';
import type { CommandInfo, ModelInfo } from './messages';
import type { ContextUsage, RewindResult, SessionInfo } from './session';

type Frame = Readonly<Record<string, unknown>>;

/** What `initialize` answered. Lists that are missing or of another shape become empty: versions differ. */
export function toInfo(answer: Frame, pid: number, version: string): SessionInfo {
	return {
		pid: typeof answer['pid'] === 'number' ? answer['pid'] : pid,
		version: typeof answer['claude_code_version'] === 'string' ? answer['claude_code_version'] : version,
		commands: list(answer['commands'], 'name') as unknown as readonly CommandInfo[],
		models: list(answer['models'], 'value') as unknown as readonly ModelInfo[],
		agents: list(answer['agents'], 'name') as unknown as SessionInfo['agents'],
		account: isFrame(answer['account']) ? answer['account'] : {},
		outputStyle: typeof answer['output_style'] === 'string' ? answer['output_style'] : null,
		capabilities: Array.isArray(answer['capabilities']) ? answer['capabilities'].map(String) : [],
	};
}

/** The answer of `get_context_usage`. */
export function toContextUsage(answer: Frame): ContextUsage {
	const categories = Array.isArray(answer['categories']) ? answer['categories'].filter(isFrame) : [];
	return {
		totalTokens: numberOf(answer['totalTokens']),
		maxTokens: numberOf(answer['maxTokens']),
		percentage: numberOf(answer['percentage']),
		categories: categories.map(item => ({ name: String(item['name']), tokens: numberOf(item['tokens']) })),
	};
}

/** The answer of `rewind_files`. */
export function toRewindResult(answer: Frame): RewindResult {
	return {
		canRewind: answer['canRewind'] === true,
		error: typeof answer['error'] === 'string' ? answer['error'] : null,
		filesChanged: Array.isArray(answer['filesChanged']) ? answer['filesChanged'].map(String) : [],
		insertions: numberOf(answer['insertions']),
		deletions: numberOf(answer['deletions']),
	};
}

/** Objects that have a text under `key`; the rest of their shape is the CLI's promise. */
function list(value: unknown, key: string): readonly Frame[] {
	if (!Array.isArray(value)) return [];
	return value.filter(isFrame).filter(item => typeof item[key] === 'string');
}

function numberOf(value: unknown): number {
	return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
