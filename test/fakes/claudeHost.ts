import { writeFileSync } from 'node:fs';
import { silentLogger } from '../../src/core/base/logger';
import { ClaudeProcess } from '../../src/core/claude/claudeProcess';
import { findClaude, thisMachine } from '../../src/core/claude/findClaude';
import { systemProcessTable } from '../../src/core/process/processTable';
import { ProcessSupervisor } from '../../src/core/process/supervisor';
import { Watchdog } from '../../src/core/process/watchdog';

/** What `claudeHost` is told, as JSON in its first argument. */
export interface ClaudeHostOptions {
	readonly claude: string;
	readonly cwd: string;
	readonly registerFolder: string;
	/** The bundled watchdog, or null to run without one. */
	readonly watchdog: string | null;
	/** Sent once the session is up; null sends nothing. */
	readonly prompt: string | null;
	/** Written when the host is up: `{ host, claude, watchdog }` pids. */
	readonly readyFile: string;
}

/**
 * A stand-in for an extension host that somebody kills: it opens one session, sends one prompt, allows nothing, and then
 * waits for its end. Bundled before it runs, because it is made of the extension's own code.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as ClaudeHostOptions;
const watchdog =
	options.watchdog === null ? undefined : new Watchdog({ entry: options.watchdog, logger: silentLogger });
const supervisor = new ProcessSupervisor({
	folder: options.registerFolder,
	table: systemProcessTable(),
	logger: silentLogger,
	...(watchdog ? { watchdog } : {}),
});
const claude = await findClaude(thisMachine(process.env, process.env['HOME'] ?? '/'), options.claude);
const session = await ClaudeProcess.start(
	{ supervisor, claude, environment: process.env, logger: silentLogger },
	{ cwd: options.cwd, start: { kind: 'new', id: crypto.randomUUID() } },
	{
		onMessage: () => undefined,
		onHook: () => Promise.resolve('pass'),
		onPermission: request =>
			request.toolName === 'Bash' && JSON.stringify(request.input).includes('tail -f')
				? Promise.resolve({ behavior: 'allow' })
				: new Promise(() => undefined),
		onExit: () => undefined,
	},
);
if (options.prompt !== null) session.send(options.prompt, crypto.randomUUID());
writeFileSync(
	options.readyFile,
	JSON.stringify({ host: process.pid, claude: session.info.pid, watchdog: watchdog?.pid ?? null }),
);
setInterval(() => undefined, 60_000);
