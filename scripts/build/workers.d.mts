/** The workers as a user gets them, for a test that has no package. */
export function buildWorkers(outdir: string): Promise<void>;
