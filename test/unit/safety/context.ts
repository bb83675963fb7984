import type { SafetyContext } from '../../../src/core/safety/approval';

/** Places that no machine has, so that the tests read the same everywhere. */
export const cwd = '/home/dev/project';

export const context: SafetyContext = {
	workspaceFolders: [cwd],
	home: '/home/dev',
	platform: 'linux',
	protectedPaths: [],
	raisedTiers: {},
};
