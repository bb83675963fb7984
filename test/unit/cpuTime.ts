/**
 * Milliseconds of this thread's processor that some work took, for a limit on work: time would also count what else the
 * machine does.
 */
export function cpuTime(work: () => unknown): number {
	const start = process.threadCpuUsage();
	work();
	const { user, system } = process.threadCpuUsage(start);
	return (user + system) / 1000;
}
