import { useCallback } from 'react';
import { usePage } from './context';

/** Runs a command of ours, such as the one that opens an execution; a failure is shown above the grid. */
export function useCommand(): (command: string, ...args: readonly unknown[]) => void {
	const { client, fail } = usePage();
	return useCallback(
		(command, ...args) => {
			client.call('runAction', { command, args }, Infinity).catch(fail);
		},
		[client, fail],
	);
}
