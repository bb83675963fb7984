// Opens the extension on a copy of the sample project: in the desktop VS Code where there is one, else in a browser workbench.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { makePlace, type Place } from '../test/e2e/driver/place.ts';
import { findOnPath } from './lib/findOnPath.ts';
import { openBrowserWorkbench, openDesktop, findDesktop, type Opened } from './lib/openEditor.ts';
import { leftovers, runVariable, signal } from './lib/processes.ts';
import { runNode } from './lib/runNode.ts';
import { startDemo, type Demo } from './lib/startDemo.ts';

const usage = `npm start [-- OPTIONS]

  --demo        scripted conversations, without an account (the default where no claude is on the PATH)
  --real        your own claude, whatever it costs
  --browser     the browser workbench even where a desktop VS Code is installed
  --port N      port of the browser workbench
  --folder DIR  open this folder instead of a copy of the sample project (not with the demo)
`;

interface Choices {
	readonly isDemo: boolean;
	readonly isBrowser: boolean;
	readonly port: number | undefined;
	readonly folder: string | undefined;
}

const run = `run-${randomUUID()}`;

/** What was started, ended in the opposite order. */
const started: (() => Promise<void> | void)[] = [];

function choices(): Choices {
	const { values } = parseArgs({
		options: {
			demo: { type: 'boolean', default: false },
			real: { type: 'boolean', default: false },
			browser: { type: 'boolean', default: false },
			port: { type: 'string' },
			folder: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) throw new Error(usage);
	const port = values.port === undefined ? undefined : Number(values.port);
	if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
		throw new Error(`--port ${values.port} is not a port`);
	const claude = findOnPath('claude');
	if (values.real && claude === undefined) {
		throw new Error(
			'There is no claude on the PATH. Install it (npm install -g @anthropic-ai/claude-code), or try the demo: npm start -- --demo',
		);
	}
	const isDemo = values.demo || (!values.real && claude === undefined);
	if (isDemo && !values.demo)
		console.log('There is no claude on the PATH, so this is the demo. With your own one: npm start -- --real');
	else if (claude !== undefined && !isDemo)
		console.log(`Claude CLI: ${claude}. Without an account: npm start -- --demo`);
	return { isDemo, isBrowser: values.browser, port, folder: isDemo ? undefined : values.folder };
}

async function start(): Promise<void> {
	const chosen = choices();
	// An id of its own, even inside another run: what carries it at the end is ended.
	process.env[runVariable] = run;
	const desktop = chosen.isBrowser ? undefined : await findDesktop();
	await prepare(chosen, desktop === undefined);
	const place = makePlace();
	started.push(() => place.remove());
	const demo = chosen.isDemo ? await startDemo(place) : undefined;
	if (demo) started.push(() => demo.close());
	const opened = await open(chosen, desktop, place, demo);
	started.push(() => opened.stop());
	if (demo) {
		console.log(
			'Demo: the real Claude CLI in a throw-away configuration, talking to a script on this machine. ITS WORDS ARE SCRIPTED.',
		);
		console.log('Open the Quarterdeck icon on the left and say hello: the answer lists what can be typed.');
	}
	console.log('Ctrl+C ends everything.');
	await Promise.race([opened.closed, interrupted()]);
}

async function prepare(chosen: Choices, isBrowser: boolean): Promise<void> {
	const tools = [...(isBrowser ? ['--workbench'] : []), ...(chosen.isDemo ? ['--claude'] : [])];
	if (tools.length > 0) await runNode('scripts/setup.mjs', ...tools);
	console.log('Building …');
	await runNode('esbuild.mjs');
}

async function open(
	chosen: Choices,
	desktop: string | undefined,
	place: Place,
	demo: Demo | undefined,
): Promise<Opened> {
	const folder = chosen.folder ?? place.folder;
	const common = { place, folder, settings: demo?.settings ?? {}, env: demo?.env ?? {} };
	if (desktop !== undefined) {
		console.log(`Editor: the desktop VS Code (${desktop}) on ${folder}`);
		return openDesktop({ ...common, executable: desktop, isOwnProfile: demo !== undefined });
	}
	const opened = await openBrowserWorkbench({ ...common, port: chosen.port });
	console.log(`Editor: the browser workbench on ${folder}`);
	console.log(`\n  ${opened.address}\n`);
	return opened;
}

function interrupted(): Promise<void> {
	return new Promise(resolve => {
		for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve());
	});
}

/** Ends what was started, and what of it is still alive after that. */
async function stop(): Promise<void> {
	for (const end of started.toReversed()) {
		await Promise.resolve(end()).catch((error: unknown) =>
			console.error(error instanceof Error ? error.message : error),
		);
	}
	for (const item of await leftovers(run, 3000)) signal(item.pid, 'SIGKILL');
}

try {
	await start();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
await stop();
process.exit();
