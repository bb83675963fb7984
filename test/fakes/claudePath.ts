import { tool } from '../../scripts/lib/tools.ts';

/** The real CLI for tests: the one that `QUARTERDECK_TEST_CLAUDE` names, or the one that the set-up script fetched. */
export function claudeForTests(): string {
	const named = process.env['QUARTERDECK_TEST_CLAUDE'];
	return named !== undefined && named !== '' ? named : tool('claude').executable;
}

/** Environment in which the CLI talks to a scripted API and keeps its files in `configFolder`. */
export function claudeEnvironment(apiUrl: string, configFolder: string): Record<string, string> {
	return {
		// The CLI's Bash is a login shell: the profile of whoever runs the tests is not theirs to start, or to kill half-way.
		HOME: configFolder,
		ANTHROPIC_BASE_URL: apiUrl,
		ANTHROPIC_API_KEY: 'sk-ant-scripted',
		CLAUDE_CONFIG_DIR: configFolder,
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		DISABLE_AUTOUPDATER: '1',
	};
}
