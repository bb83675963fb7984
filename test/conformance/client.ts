// The client under test of the official conformance suite: our hub, with ports that answer as a patient person would.
// The suite appends the address of its server, and names the scenario in the environment.
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/base/clock';
import { errorText } from '../../src/core/base/errors';
import { Emitter } from '../../src/core/base/event';
import { silentLogger } from '../../src/core/base/logger';
import { readSetting } from '../../src/core/mcp/configs';
import { createHub } from '../../src/core/mcp/createHub';
import type { McpHub } from '../../src/core/mcp/hub';
import type { McpChoice } from '../../src/core/mcp/ports';
import type { McpToolView } from '../../src/core/mcp/protocol';
import { systemProcessTable } from '../../src/core/process/processTable';
import { ProcessSupervisor } from '../../src/core/process/supervisor';

const url = process.argv.at(-1) ?? '';
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const given = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Readonly<Record<string, string>>;

/** The credentials that a scenario hands out, as a user would write them into the definition. */
function authOf(): Readonly<Record<string, unknown>> {
	const clientId = given['client_id'];
	const clientSecret = given['client_secret'];
	switch (scenario) {
		case 'auth/client-credentials-basic':
			return { auth: { type: 'client_credentials', clientId, clientSecret } };
		case 'auth/client-credentials-jwt': {
			const [privateKey, algorithm] = [given['private_key_pem'], given['signing_algorithm']];
			return { auth: { type: 'private_key_jwt', clientId, privateKey, algorithm } };
		}
		case 'auth/cross-app-access-complete-flow': {
			const [idpTokenEndpoint, idpClientId] = [given['idp_token_endpoint'], given['idp_client_id']];
			const idpIdToken = given['idp_id_token'];
			return { auth: { type: 'cross_app', clientId, clientSecret, idpTokenEndpoint, idpClientId, idpIdToken } };
		}
		case 'auth/pre-registration':
			return { auth: { type: 'authorization_code', clientId, clientSecret } };
		default:
			return {};
	}
}

function openHub(folder: string): { readonly hub: McpHub; close(): Promise<void> } {
	const table = systemProcessTable();
	const supervisor = new ProcessSupervisor({ folder, table, logger: silentLogger });
	const choices = new Map<string, McpChoice>();
	const secrets = new Map<string, string>();
	const roots = new Emitter<void>();
	const hub = createHub({
		supervisor,
		environment: process.env,
		home: homedir(),
		clock: systemClock,
		log: silentLogger,
		client: { name: 'Quarterdeck', version: '0.0.0' },
		roots: () => [],
		onDidChangeRoots: roots.event,
		sampling: () =>
			Promise.resolve({ model: 'test', role: 'assistant', content: { type: 'text', text: 'A word of a model' } }),
		elicit: () => Promise.resolve({ action: 'accept', content: {} }),
		browser: {
			clientMetadataUrl: 'https://conformance-test.local/client-metadata.json',
			redirectUrl: () => Promise.resolve('http://localhost:3000/callback'),
			signIn: async ({ url: page }) => {
				const location = (await fetch(page, { redirect: 'manual' })).headers.get('location');
				return location === null ? undefined : new URL(location);
			},
		},
		secrets: {
			get: id => Promise.resolve(secrets.get(id)),
			set: (id, value) => Promise.resolve(void secrets.set(id, value)),
			delete: id => Promise.resolve(void secrets.delete(id)),
		},
		choices: {
			get: id => choices.get(id) ?? {},
			set: (id, choice) => Promise.resolve(void choices.set(id, choice)),
		},
		input: () => Promise.resolve(undefined),
		confirmChangedTools: () => Promise.resolve(true),
	});
	return { hub, close: () => hub.close().then(() => supervisor.close()) };
}

/** Numbers for the tool that adds; the other tools of the suite take nothing. */
function inputOf(tool: McpToolView): Readonly<Record<string, unknown>> {
	const properties = (tool.schema['properties'] ?? {}) as Readonly<Record<string, { readonly type?: string }>>;
	return Object.fromEntries(Object.entries(properties).map(([name, { type }]) => [name, type === 'number' ? 5 : 'x']));
}

async function main(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-conformance-'));
	const opened = openHub(folder);
	const { hub } = opened;
	const id = 'settings:conformance';
	try {
		await hub.setDefinitions(readSetting({ conformance: { type: 'http', url, ...authOf() } }, null).definitions);
		await hub.start(id, { isInteractive: true });
		for (const tool of hub.server(id)?.tools ?? []) await hub.callTool(id, tool.name, inputOf(tool));
	} catch (error) {
		console.error(errorText(error));
		for (const line of hub.log(id).lines) console.error(`${line.level} ${line.text}`);
		process.exitCode = 1;
	} finally {
		await opened.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

await main();
process.exit();
