/** How often repairs may be tried, and for how long. */
export const limits = {
	attemptsPerIncident: 3,
	attemptsPerHour: 6,
	hourMs: 3_600_000,
	/** A repair that takes longer hangs, and keeps no other one waiting. */
	staleMs: 600_000,
};
