import type { CommandInfo } from '../../claude/messages';

/** The `/` commands of a loop. */
export const loopCommands: readonly CommandInfo[] = [
	{ name: 'compact', description: 'Put a summary in the place of what came before', argumentHint: '' },
	{ name: 'clear', description: 'Let the model forget what came before', argumentHint: '' },
];
