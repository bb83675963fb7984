/** What the agents of the flow on the picture are asked. */
export const reviews = {
	faults: 'Review this change. List what is wrong with it, worst first.',
	tests: 'Which case of this change does no test cover?',
} as const;

/** A flow that is half way: two agents have read the change side by side, and a person is asked. */
export const reviewFlow = {
	flow: 1,
	id: 'review',
	name: 'Review the release',
	description: 'Two agents read what changed since a revision; what they find is kept after a look at it.',
	inputs: { base: { type: 'text', description: 'What the changes are compared with.', default: 'HEAD~1' } },
	limits: { maxMinutes: 15, maxCostUsd: 2 },
	nodes: {
		agree: { type: 'people.approval@1', name: 'Good enough?', params: { title: 'Keep this review?' } },
		diff: { type: 'git.diff@1', name: 'Changes', params: { from: '{{ flow.base }}', what: 'revisions' } },
		faults: {
			type: 'agent.claude@1',
			name: 'Find faults',
			params: { permissionMode: 'plan', prompt: reviews.faults, tools: ['Read', 'Grep'] },
		},
		keep: { type: 'file.write@1', name: 'Keep it', params: { path: 'docs/review.md' } },
		report: {
			type: 'text.template@1',
			name: 'Report',
			params: { template: '# Review\n\n{{ input.faults }}\n\n## Tests\n\n{{ input.tests }}' },
		},
		tests: {
			type: 'agent.claude@1',
			name: 'Find gaps in the tests',
			params: { permissionMode: 'plan', prompt: reviews.tests, tools: ['Read', 'Grep'] },
		},
	},
	edges: [
		'agree.approved -> keep.text',
		'diff.diff -> faults.context',
		'diff.diff -> tests.context',
		'faults.text -> report.faults',
		'report.text -> agree.value',
		'tests.text -> report.tests',
	],
	layout: {
		agree: [960, 112],
		diff: [0, 112],
		faults: [320, 16],
		keep: [1280, 112],
		report: [640, 112],
		tests: [320, 208],
	},
};
