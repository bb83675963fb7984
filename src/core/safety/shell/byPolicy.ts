import { commandFindings, hostFindings } from '../policyRules';
import type { Judge } from './call';
import type { Field } from './words';

/** What the repositories' policies say of a program with these words. */
export function judgeByPolicy(judge: Judge, name: string, args: readonly Field[]): void {
	if ((judge.context.policies?.length ?? 0) === 0) return;
	const words = [name, ...args.map(field => field.text)];
	const findings = [...commandFindings(words, judge.context), ...hostFindings(words.join(' '), judge.context)];
	for (const finding of findings) judge.add(finding.tier, finding.reason, finding.by);
}
