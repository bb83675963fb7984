import type { Effort, PermissionMode } from './items';

/** The Messages API takes at most this much base64 for one image. */
export const imageDataLimit = 5_000_000;
/** The same limit in bytes of the image itself. */
export const imageBytesLimit = (imageDataLimit / 4) * 3;

/** Characters of one prompt, and of one text that is attached to it. */
export const promptLimit = 1_000_000;

/** Every permission mode. */
export const permissionModes = [
	'default',
	'plan',
	'acceptEdits',
	'autonomous',
] as const satisfies readonly PermissionMode[];

/** Those that new conversations may begin with: working on without being asked is switched on in each. */
export const firstModes = ['default', 'plan', 'acceptEdits'] as const satisfies readonly PermissionMode[];

/** Every effort. */
export const efforts = ['default', 'low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];
