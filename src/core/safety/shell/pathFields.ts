import { posix } from 'node:path';
import type { Finding } from '../finding';
import type { Access, PathRules } from '../paths';
import type { ShellScope } from './scope';
import { isUnknown, unknownMark, type Field } from './words';

/** What doing `access` to the file that a field names amounts to, in every folder the shell may be in. */
export function judgePath(
	rules: PathRules,
	field: Field,
	access: Access,
	scope: ShellScope,
	isRecursive: boolean,
): readonly Finding[] {
	if (field.process) return [];
	const text = field.text === '' ? '.' : field.text;
	if (isUnknown(field)) return [unknownPlace(rules, text, access, scope, isRecursive)];
	const isAbsolute = /^(?:\/|~|[a-z]:)/iu.test(text);
	if (!isAbsolute && scope.cwds.length === 0)
		return [unknownPlace(rules, unknownMark + text, access, scope, isRecursive)];
	const cwds = isAbsolute ? ['/'] : scope.cwds;
	return cwds.flatMap(cwd =>
		field.isGlob
			? patternFindings(rules, text, cwd, access, isRecursive)
			: [rules.judge(text, cwd, access, isRecursive)],
	);
}

/** A pattern reaches whatever lies in its folder; `dir/*` deleted recursively empties the folder. */
function patternFindings(
	rules: PathRules,
	text: string,
	cwd: string,
	access: Access,
	isRecursive: boolean,
): readonly Finding[] {
	const star = text.search(/[*?[]/u);
	const folder = text.slice(0, text.lastIndexOf('/', star) + 1);
	const base = folder === '' ? '.' : folder;
	const pattern = rules.judgePattern(text, cwd, access);
	const named = pattern ? [pattern] : [];
	if (access === 'delete') {
		const isAll = /^\**$/u.test(posix.basename(text));
		const place = isRecursive ? rules.judge(base, cwd, access, true) : rules.judge(`${folder}x`, cwd, access);
		const tier = isAll && place.tier === 'YELLOW' ? 'ORANGE' : place.tier;
		return [...named, { tier, reason: `deletes ${text}${place.tier === 'RED' ? ': ' + place.reason : ''}` }];
	}
	const place = rules.judge(access === 'write' ? `${folder}x` : base, cwd, access, isRecursive);
	return [...named, { tier: place.tier, reason: `${access === 'write' ? 'writes' : 'reads'} ${text}` }];
}

/** A path of which a part is not known: what stands before that part decides, if it names a folder at all. */
function unknownPlace(
	rules: PathRules,
	text: string,
	access: Access,
	scope: ShellScope,
	isRecursive: boolean,
): Finding {
	const shown = text.replaceAll(unknownMark, '…');
	const known = text.slice(0, text.indexOf(unknownMark));
	const folder = known.slice(0, known.lastIndexOf('/') + 1);
	const cwd = scope.cwds[0];
	const isPlaced = folder !== '' && (cwd !== undefined || /^[~/]/u.test(folder));
	if (access === 'list' || access === 'read') {
		const protection = isPlaced ? rules.protection(`${folder}x`, cwd ?? '/', 'read') : undefined;
		return protection ?? { tier: 'YELLOW', reason: `reads ${shown}, of which a part is not known before it runs` };
	}
	if (isPlaced) {
		const place = rules.judge(access === 'write' ? `${folder}x` : folder, cwd ?? '/', access, isRecursive);
		const zone = rules.zone(rules.real(rules.absolute(folder, cwd ?? '/')));
		if (zone === 'temp') return { tier: place.tier, reason: `${access}s ${shown} in the temporary folder` };
		const tier = place.tier === 'YELLOW' && access === 'delete' ? 'ORANGE' : place.tier;
		return { tier, reason: `${access}s ${shown}, of which a part is not known before it runs` };
	}
	const tier = access === 'delete' && isRecursive ? 'RED' : 'ORANGE';
	return { tier, reason: `${access}s ${shown}, which is not known before it runs` };
}
