import type { RunStatus } from '../../../core/flow/engine/events';

/** The sign of each status of a run. */
export const runIcons: Readonly<Record<RunStatus, string>> = {
	running: 'loading',
	paused: 'debug-pause',
	waiting: 'person',
	succeeded: 'pass-filled',
	failed: 'error',
	stopped: 'circle-slash',
	interrupted: 'debug-disconnect',
};
