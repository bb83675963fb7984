import type { Command } from 'unbash';
import type { Tier } from '../../ledger/events';
import { findRule, programName } from './table';
import { isUnknown, type Field } from './words';

/**
 * The words by which a grant knows a command again. YELLOW commands are known by name and subcommand, as `npm test`;
 * what runs code of its own, what reaches further and what is only known while it runs is known by its exact text.
 */
export function grantPrefix(fields: readonly Field[], tier: Tier, node: Command): string {
	const name = fields[0]?.text;
	const exact = [...new Set([...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix])]
		.map(part =>
			'text' in part
				? part.text
				: 'target' in part
					? `${part.operator} ${part.target?.text ?? ''}`
					: `<<${part.body.text}`,
		)
		.join(' ');
	if (name === undefined || node.prefix.length > 0 || fields.some(isUnknown)) return exact;
	const rule = findRule(programName(name));
	const words =
		(tier === 'YELLOW' ? rule?.grant : rule?.grantOrange) ?? (tier === 'YELLOW' && rule && !rule.handler ? 1 : 0);
	if (words === 0) return exact;
	const positional = fields.slice(1).filter(field => !field.text.startsWith('-'));
	// An option before the subcommand may take a value, which would pass for the subcommand: then nothing short of all counts.
	const isEarlyOption = words > 1 && fields[1]?.text.startsWith('-') === true;
	if (isEarlyOption || positional.length < words - 1) return exact;
	return [name, ...positional.slice(0, words - 1).map(field => field.text)].join(' ');
}
