import type { Run } from '../../test/e2e/driver/otherWindow.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const dollar = 1_000_000_000;

/** Two weeks of runs before the pictures. One asked a model that has no price. */
export function earlierRuns(home: string): readonly Run[] {
	const [site, timetable] = [`${home}/harbour-site`, `${home}/timetable`];
	const [opus, haiku] = ['claude-opus-5-5', 'claude-haiku-5-5'];
	const runs: readonly Run[] = [
		{ title: 'Set up the tests of the timetable', ago: 34 * day, lasts: 11 * minute, cost: 1.84 * dollar },
		{ title: 'Move the site to the new build', ago: 12 * day, lasts: 26 * minute, cost: 3.07 * dollar, project: site },
		{
			title: 'Plan the winter timetable',
			ago: 6 * day,
			lasts: 14 * minute,
			model: opus,
			cost: 2.36 * dollar,
			project: timetable,
		},
		{
			title: 'Read the winter timetable from CSV',
			ago: 5 * day,
			lasts: 9 * minute,
			cost: 0.92 * dollar,
			project: timetable,
		},
		{ title: 'Half fares for children', ago: 3 * day, lasts: 6 * minute, cost: 0.57 * dollar },
		{ title: 'Align the amounts on the receipt', ago: day + 90 * minute, lasts: 2 * minute, cost: 0.18 * dollar },
		{
			title: 'Review the receipt before the release',
			ago: day + 40 * minute,
			lasts: 4 * minute,
			model: opus,
			cost: 0.83 * dollar,
		},
		{ title: 'Write the release notes of 1.3.0', ago: day, lasts: minute, model: haiku, cost: 0.022 * dollar },
		{
			title: 'Translate the notice of the strike',
			ago: 70 * minute,
			lasts: 21_000,
			model: haiku,
			cost: 0.0094 * dollar,
			project: site,
		},
	];
	return runs.map(run => ({ model: 'claude-sonnet-5-5', ...run }));
}
