import { cleanEnvironment, type Environment } from '../process/environment';

/**
 * `CLAUDE_CODE_*` variables that a user sets on purpose. All others describe a CLI that runs around us, and a CLI that
 * inherits them takes itself for a part of that one and does not save its session.
 */
const userSet =
	/^CLAUDE_CODE_(USE_|SKIP_|DISABLE_|OAUTH_TOKEN$|API_KEY_HELPER_TTL_MS$|MAX_OUTPUT_TOKENS$|CLIENT_|GIT_BASH_PATH$|SHELL|SUBAGENT_MODEL$|EFFORT_LEVEL$|PROXY_|ENABLE_TELEMETRY$|TMPDIR$)/;

/** The environment for a CLI of ours, from the host's own. */
export function claudeEnvironment(inherited: Environment, added: Environment = {}): Record<string, string> {
	const ours: Environment = {
		CLAUDE_CODE_ENTRYPOINT: 'quarterdeck',
		// Without it `session_state_changed`, the only reliable end of a turn, is not sent.
		CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: '1',
		// Without it no file can be put back to what it was before a message.
		CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: '1',
		// The CLI under a running conversation must not be replaced.
		DISABLE_AUTOUPDATER: '1',
		...added,
	};
	return cleanEnvironment(inherited, ours, isInheritedSession);
}

function isInheritedSession(name: string): boolean {
	return name === 'CLAUDECODE' || (name.startsWith('CLAUDE_CODE_') && !userSet.test(name));
}
