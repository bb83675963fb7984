import { toDollars } from '../base/money';
import type { SupervisedProcess, StopStep } from '../process/supervisedProcess';
import { toFrame } from './framing';
import type { ClaudeSessionOptions } from './session';

/** The command line of a long-lived session in stream-json both ways. */
export function launchArguments(options: ClaudeSessionOptions): readonly string[] {
	const args = ['-p', '--output-format', 'stream-json', '--input-format', 'stream-json', '--verbose'];
	args.push('--include-partial-messages', '--permission-prompt-tool', 'stdio', ...startArguments(options));
	// `default` is accepted by every version; its newer name is not.
	args.push('--permission-mode', options.mode ?? 'default');
	if (options.model !== undefined && options.model !== 'default') args.push('--model', options.model);
	if (options.maxBudget !== undefined) args.push('--max-budget-usd', String(toDollars(options.maxBudget)));
	if (options.isOneShot === true) args.push('--tools', '', '--no-session-persistence');
	else if (options.tools !== undefined) args.push('--tools', options.tools.join(','));
	if (options.systemPrompt !== undefined) args.push('--system-prompt', options.systemPrompt);
	if (options.appendedPrompt !== undefined) args.push('--append-system-prompt', options.appendedPrompt);
	if (options.outputSchema !== undefined) args.push('--json-schema', JSON.stringify(options.outputSchema));
	if (options.isIsolated === true || options.isOneShot === true)
		args.push('--setting-sources', 'user', '--strict-mcp-config');
	if (options.mcpConfig !== undefined) args.push('--mcp-config', options.mcpConfig);
	for (const folder of options.additionalFolders ?? []) args.push('--add-dir', folder);
	return args;
}

function startArguments({ start }: ClaudeSessionOptions): readonly string[] {
	if (start.kind === 'new') return ['--session-id', start.id];
	if (start.kind === 'resume') return ['--resume', start.id];
	const at = start.at === undefined ? [] : ['--resume-session-at', start.at];
	return ['--resume', start.from, '--fork-session', '--session-id', start.id, ...at];
}

/**
 * The stop order. `end_session` ends the CLI and all it started in every state, in about a tenth of a second; it is not
 * documented, so an interrupt and the end of stdin follow, which together work in every state too.
 */
export const claudeStopSteps: readonly StopStep[] = [
	{ run: process => control(process, 'end_session'), waitMs: 1500 },
	{
		run: process => {
			control(process, 'interrupt');
			process.endInput();
		},
		waitMs: 700,
	},
	{ run: process => process.signal('SIGINT'), waitMs: 700 },
];

function control(process: SupervisedProcess, subtype: string): void {
	const request = { type: 'control_request', request_id: `stop-${subtype}`, request: { subtype } };
	process.write(toFrame(request));
}
