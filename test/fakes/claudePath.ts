import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The real CLI for tests: the one that `QUARTERDECK_TEST_CLAUDE` names, or the one that the set-up script installed. */
export function claudeForTests(): string {
	const named = process.env['QUARTERDECK_TEST_CLAUDE'];
	if (named !== undefined && named !== '') return named;
	const root = resolve(import.meta.dirname, '../..');
	const file = process.platform === 'win32' ? 'claude.cmd' : 'claude';
	const path = join(root, '.cache', 'claude', 'node_modules', '.bin', file);
	if (!existsSync(path))
		throw new Error(`The Claude CLI for tests is not at ${path}. Run "npm test" once: it installs it.`);
	return path;
}

/** Environment in which the CLI talks to a scripted API and keeps its files in `configFolder`. */
export function claudeEnvironment(apiUrl: string, configFolder: string): Record<string, string> {
	return {
		ANTHROPIC_BASE_URL: apiUrl,
		ANTHROPIC_API_KEY: 'sk-ant-scripted',
		CLAUDE_CONFIG_DIR: configFolder,
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		DISABLE_AUTOUPDATER: '1',
	};
}
