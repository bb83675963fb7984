/** 0 observe, 1 suggest, 2 ask for each, 3 act and tell, 4 act quietly. */
export const autonomyLevels = [0, 1, 2, 3, 4] as const;
export type AutonomyLevel = (typeof autonomyLevels)[number];

/** How often repairs may be tried, and for how long. */
export const limits = {
	attemptsPerIncident: 3,
	attemptsPerHour: 6,
	hourMs: 3_600_000,
	/** A repair that takes longer hangs, and keeps no other one waiting. */
	staleMs: 600_000,
};
