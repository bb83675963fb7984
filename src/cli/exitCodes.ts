/** What the program ends with. They are a promise to scripts: never change one. */
export const exitCodes = {
	/** It did what was asked. */
	ok: 0,
	/** The run or a test failed, a file has problems, or two flows differ. */
	failed: 1,
	/** It was called in a way that it does not understand, or a file is not there. */
	usage: 2,
	/** The gate refused a call, and the flow could not go on without it. */
	refused: 3,
	/** A cap was reached: steps, time, tokens or money. */
	limit: 4,
	/** Somebody is needed who is not there: the run can be gone on with. */
	waiting: 5,
	/** Ended by Ctrl+C. */
	interrupted: 130,
	/** Ended by SIGTERM. */
	terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
