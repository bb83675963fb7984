import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../test/e2e/driver/place.ts';
import { claudeEnvironment, claudeForTests } from '../../test/fakes/claudePath.ts';
import { demoScript } from '../../test/fakes/demo/script.ts';
import { startMessagesApi } from '../../test/fakes/messages/server.ts';

export interface Demo {
	readonly settings: Readonly<Record<string, unknown>>;
	readonly env: Readonly<Record<string, string | undefined>>;
	close(): Promise<void>;
}

/** The scripted Messages API, and what points the real CLI to it in a configuration that is thrown away. */
export async function startDemo(place: Place): Promise<Demo> {
	const api = await startMessagesApi({ script: demoScript(place.folder) });
	// The window that is opened is the user's own, with their own home.
	const { HOME: _home, ...env } = claudeEnvironment(api.url, place.claudeConfig);
	// Also in the CLI's own settings, for an editor that does not hand on its whole environment.
	writeFileSync(
		join(place.claudeConfig, 'settings.json'),
		JSON.stringify({ env: { ...env, CLAUDE_CONFIG_DIR: undefined } }),
	);
	return {
		settings: {
			'quarterdeck.claude.path': claudeForTests(),
			'window.title': 'Quarterdeck demo: the words are scripted',
		},
		env: { ...env, ANTHROPIC_AUTH_TOKEN: undefined, CLAUDE_CODE_OAUTH_TOKEN: undefined },
		close: () => api.close(),
	};
}
