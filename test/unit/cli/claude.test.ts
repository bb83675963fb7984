import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { claudeForTests } from '../../fakes/claudePath';
import { callTool, say } from '../../fakes/messages/reply';
import { ClaudeWorld } from '../claude/claudeWorld';
import { BuiltCli, edge, jsonLines, Workspace } from './support';

const cli = new BuiltCli();
let claude: ClaudeWorld;
let work: Workspace;

beforeAll(async () => {
	await cli.build();
	claude = await ClaudeWorld.open(request =>
		request.step === 0 ? callTool('Bash', { command: 'touch made.txt', description: 'make' }) : say('It is made.'),
	);
}, 120_000);
afterAll(async () => {
	await claude.close();
});
beforeEach(() => {
	work = new Workspace(cli);
	work.write('agent.flow.json', {
		nodes: {
			agent: { type: 'agent.claude@1', params: { prompt: 'Make a file' } },
			out: { type: 'flow.output@1' },
		},
		edges: [edge('agent.text -> out.value')],
	});
});
afterEach(() => work.dispose());

test('the real Claude CLI works in a flow, behind the flag', { timeout: 120_000 }, async () => {
	const environment = {
		...(Object.fromEntries(Object.entries(claude.environment).filter(([, value]) => value !== undefined)) as Record<
			string,
			string
		>),
		QUARTERDECK_HOME: work.home,
		QUARTERDECK_CLAUDE: claudeForTests(),
	};
	const refused = await work.start(['run', 'agent.flow.json', '--json'], environment).ended;
	expect(jsonLines(refused.out).at(-1)).toMatchObject({ status: 'succeeded', outputs: { out: 'It is made.' } });
	expect(work.has('made.txt')).toBe(false);
	expect(refused.out).toContain('--yes-to yellow');
	const allowed = await work.start(['run', 'agent.flow.json', '--yes-to', 'yellow'], environment).ended;
	expect(allowed).toMatchObject({ code: 0, out: 'It is made.\n' });
	expect(work.has('made.txt')).toBe(true);
});
