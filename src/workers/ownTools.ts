import { runOwnToolsServer } from '../core/claude/ownTools/server';

// A process of its own, not a thread: the Claude CLI starts it as an MCP server and ends it. See `OwnToolsHost`.
try {
	await runOwnToolsServer(process.env, process.stdin, process.stdout);
	process.exit(0);
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exit(1);
}
