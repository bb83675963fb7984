// What the real policy says in two worlds, for the page's tests and pictures. Runs in Node alone.
import type { SafetyContext } from '../../../src/core/safety/approval';
import { explain, pastedCall, type Explanation } from '../../../src/core/safety/explain';
import type { Grant } from '../../../src/core/safety/grants';
import { parsePolicy } from '../../../src/core/safety/policyFile';
import type { PolicyView } from '../../../src/core/safety/policyProtocol';
import { policyView } from '../../../src/core/safety/policyView';

const folder = '/home/dev/shop';

export const policyText = `{
	"version": 1,
	"tools": { "WebFetch": "ORANGE", "CronCreate": "GREEN" },
	"commands": [{ "prefix": "git push", "tier": "RED", "reason": "Releases go through CI" }],
	"protectedPaths": ["infra/prod/**"],
	"allow": ["*"]
}
`;

const grants: readonly Grant[] = [
	{
		id: 'workspace YELLOW Bash npm test',
		scope: 'workspace',
		conversation: null,
		part: 'YELLOW Bash npm test',
		label: 'npm test',
		grantedAt: 0,
	},
	{
		id: 'c1 YELLOW mcp__github__list_issues',
		scope: 'session',
		conversation: null,
		part: 'YELLOW mcp__github__list_issues @user:github #1',
		label: 'list_issues of github',
		grantedAt: 0,
	},
];

function contextOf(isEmpty: boolean): SafetyContext {
	const policy = isEmpty ? null : parsePolicy(policyText, folder).policy;
	return {
		workspaceFolders: [folder],
		home: '/home/dev',
		platform: 'linux',
		protectedPaths: isEmpty ? [] : ['**/customers/**'],
		raisedTiers: isEmpty ? {} : { Write: 'ORANGE' },
		policies: policy ? [policy] : [],
		toolFacts: name => ({
			server: 'github',
			serverId: 'user:github',
			tool: name.replace('mcp__github__', ''),
			annotations: {},
			fingerprint: '1',
		}),
	};
}

/** The whole view. */
export function viewOf(isEmpty: boolean, revoked: ReadonlySet<string> = new Set()): PolicyView {
	const { policy, problems } = parsePolicy(policyText, folder);
	const file = { folder, path: `${folder}/.quarterdeck/policy.json` };
	return policyView({
		context: contextOf(isEmpty),
		serverTools: isEmpty
			? []
			: ['list_issues', 'create_issue', 'delete_repository'].map(tool => ({
					name: `mcp__github__${tool}`,
					title: tool,
					source: 'github',
				})),
		grants: isEmpty ? [] : grants.filter(({ id }) => !revoked.has(id)),
		whereOf: ({ scope }) => (scope === 'workspace' ? 'in this workspace' : 'for this session of “Fix login”'),
		files: [
			isEmpty
				? { ...file, exists: false, policy: null, problems: [], text: '' }
				: { ...file, exists: true, policy, problems, text: policyText },
		],
	});
}

/** Why a pasted call would be asked about. */
export function explained(text: string, isEmpty = false): Explanation | { readonly problem: string } {
	const call = pastedCall(text, folder);
	return 'problem' in call ? call : explain(call, contextOf(isEmpty));
}
