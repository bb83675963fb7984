import type { SafetyContext } from '../approval';
import type { Findings } from '../finding';
import { judgeShellCall } from './analysis';
import { judgeWindows } from './windows';

/** Judges a line of PowerShell. */
export function judgePowerShell(line: string, cwd: string, context: SafetyContext): Findings {
	return judgeShellCall(cwd, context, (judge, scope) => judgeWindows(judge, line, scope, 'PowerShell'));
}

/** Judges a line of the Windows command prompt. */
export function judgeCommandPrompt(line: string, cwd: string, context: SafetyContext): Findings {
	return judgeShellCall(cwd, context, (judge, scope) => judgeWindows(judge, line, scope, 'cmd'));
}
