import type { Assignment } from 'unbash';
import environment from './environment.json' with { type: 'json' };
import { globToPattern } from '../globs';
import type { Judge } from './call';
import type { ShellScope } from './scope';
import { expandWord, unknownMark, wordText, type WordScope } from './words';

type Kind = 'code' | 'command' | 'options' | 'network' | 'path' | 'plain';

const kinds: readonly (readonly [Kind, RegExp])[] = (['code', 'command', 'options', 'network'] as const).map(kind => [
	kind,
	new RegExp(environment[kind].map(name => globToPattern(name, 'u').source).join('|'), 'u'),
]);

/** Judges `NAME=value` and remembers the value for what follows; before a command it holds for that command. */
export function judgeAssignment(
	judge: Judge,
	assignment: Assignment,
	scope: ShellScope,
	words: WordScope,
	isForOneCommand: boolean,
): void {
	const { value } = assignment;
	if (assignment.index) {
		const index = wordText(assignment.index, words).text;
		if (/\$\(|`/u.test(index)) judge.add('RED', 'hides a command inside an array index');
	}
	if (value.type === 'ArrayValue') {
		for (const element of value.elements) expandWord(element, words);
		scope.assign(assignment.name, undefined);
		return;
	}
	const text = wordText(value, words).text;
	judgeVariable(judge, assignment.name, text, scope);
	if (assignment.name === 'IFS' && !isForOneCommand) scope.isSplitChanged = true;
	if (!isForOneCommand) scope.assign(assignment.name, assignment.append ? undefined : text);
}

/** What giving an environment variable a value makes other programs do. */
export function judgeVariable(judge: Judge, name: string, value: string, scope: ShellScope): void {
	const shown = `${name}=${value.replaceAll(unknownMark, '…')}`;
	if (name === 'HOME' || name === 'USERPROFILE')
		return judge.add('ORANGE', `${shown} moves the home folder, and with it what ~ means`);
	// `ENV=staging` names a place to deploy to; the start-up file of `sh` has a path.
	if (name === 'ENV' && /^(?:dev|development|test|testing|ci|qa|local|stag(?:e|ing)|prod|production)$/u.test(value))
		return;
	switch (kindOf(name)) {
		case 'path':
			return judgePathVariable(judge, value, shown, scope);
		case 'code':
			return judge.add('RED', `${shown} makes other programs load code`);
		case 'network':
			return judge.add('ORANGE', `${shown} sends traffic elsewhere or trusts more than usual`);
		case 'command':
			if (
				value === '' ||
				/^(?:true|:|cat|less|more|less -[A-Za-z]+|vim?|nano|code --wait|\/bin\/(?:ba|z)?sh)$/u.test(value)
			)
				return;
			judge.add('ORANGE', `${shown} makes other programs run a command`);
			return judge.line(value, scope);
		case 'options': {
			const isRisky = environment.riskyOptions.some(option => ` ${value}`.includes(` ${option}`));
			return judge.add(isRisky ? 'ORANGE' : 'YELLOW', `${shown} changes how other programs start`);
		}
		case 'plain':
			if (name === 'IFS') judge.add('YELLOW', 'changes how words are split');
	}
}

function kindOf(name: string): Kind {
	if (name === 'PATH' || name === 'Path') return 'path';
	return kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'plain';
}

/** Programs found in new folders could be called like harmless ones. */
function judgePathVariable(judge: Judge, value: string, shown: string, scope: ShellScope): void {
	scope.isPathChanged = true;
	judge.add('YELLOW', `${shown} changes where programs are found`);
	const system = /^(?:\/usr(?:\/local)?|\/opt\/homebrew|\/snap)?\/s?bin\/?$/u;
	for (const folder of value.split(/:(?!\/\/)/u)) {
		if (folder === unknownMark || folder === '' || system.test(folder)) continue;
		const cwd = scope.cwds[0] ?? '/';
		const zone = folder.includes(unknownMark)
			? 'outside'
			: judge.rules.zone(judge.rules.real(judge.rules.absolute(folder, cwd)));
		if (zone === 'temp' || zone === 'outside') judge.add('ORANGE', `${shown} lets ${folder} replace usual programs`);
	}
}
