import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { familyOfModel, modelForSession } from '../../../src/core/chat/agentSession';
import { pruneTranscripts, Transcript, type Entry } from '../../../src/core/chat/loop/transcript';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { silentLogger } from '../../../src/core/base/logger';
import { restoreTurns } from '../../../src/core/chat/review/restore';
import { ChangeFiles, diskReader } from '../../../src/core/chat/review/changeFiles';
import { TurnChanges } from '../../../src/core/chat/review/turnChanges';
import { ScriptedProvider, model } from '../../fakes/scriptedProvider';
import { ask, idle, LoopWorld, rows, shown } from './loopWorld';

async function folder(): Promise<string> {
	const made = await mkdtemp(join(tmpdir(), 'transcript-'));
	onTestFinished(() => rm(made, { recursive: true, force: true }));
	return made;
}

const user = (uuid: string, text: string): Entry => ({ type: 'user', uuid, at: 1, parts: [{ type: 'text', text }] });

test('a record survives a torn last line, and goes on after it', async () => {
	const place = await folder();
	const first = await Transcript.create(place, 'loop-1', 1);
	await first.append(user('u1', 'One'));
	await first.close();
	await appendFile(join(place, 'loop-1.jsonl'), '{"type":"user","uuid":"u2","at":1,"par');
	const again = await Transcript.resume(place, 'loop-1');
	await again.append(user('u3', 'Three'));
	await again.close();
	const third = await Transcript.resume(place, 'loop-1');
	await third.close();
	expect(third.entries.map(entry => entry.uuid).slice(1)).toEqual(['u1', 'u3']);
});

test('records that nobody has written to for long are deleted', async () => {
	const place = await folder();
	await (await Transcript.create(place, 'loop-old', 1)).close();
	await utimes(join(place, 'loop-old.jsonl'), 1, 1);
	await (await Transcript.create(place, 'loop-new', 1)).close();
	await pruneTranscripts(place, Date.now() - 86_400_000);
	expect(await readdir(place)).toEqual(['loop-new.jsonl']);
	await pruneTranscripts(join(place, 'nowhere'), Date.now());
});

test('a record that is gone, or of which nothing can be read, is missing', async () => {
	const place = await folder();
	await expect(Transcript.resume(place, 'loop-none')).rejects.toMatchObject({ code: 'session-missing' });
	await writeFile(join(place, 'loop-bad.jsonl'), 'rubbish\n');
	await expect(Transcript.resume(place, 'loop-bad')).rejects.toMatchObject({ code: 'session-missing' });
	await expect(Transcript.fork(place, 'loop-2', 'loop-none', undefined, 1)).rejects.toMatchObject({
		code: 'session-missing',
	});
});

test('a conversation is resumed by a new session, with everything it knew', async () => {
	const provider = new ScriptedProvider('p', (_, turn) => ({ text: `Answer ${turn}` }));
	const world = new LoopWorld([provider]);
	const conversation = await world.open();
	await ask(conversation, 'Remember 7');
	await conversation.closeSession();
	await ask(conversation, 'Which?');
	expect(provider.requests[1]?.messages.map(message => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
	expect(conversation.plan).toMatchObject({ kind: 'resume', id: expect.stringMatching(/^loop-/) });
});

test('a lost record is begun afresh with the text of what came before', async () => {
	const provider = new ScriptedProvider('p', () => ({ text: 'Yes.' }));
	const world = new LoopWorld([provider]);
	const conversation = await world.open();
	await ask(conversation, 'Remember 7');
	await conversation.closeSession();
	await rm(world.folder, { recursive: true });
	await ask(conversation, 'Which?');
	expect(JSON.stringify(provider.requests[1]?.messages)).toContain('Remember 7');
	expect(shown(conversation).join()).toContain('The record that the model goes by is gone');
});

test('a fork knows what came before it, and an edited message drops what came after', async () => {
	const provider = new ScriptedProvider('p', (_, turn) => ({ text: `Answer ${turn}` }));
	const world = new LoopWorld([provider]);
	const conversation = await world.open();
	await ask(conversation, 'First');
	await ask(conversation, 'Second');
	const answer = rows(conversation).find(row => row.kind === 'text');
	const fork = await world.conversations.fork(conversation.id, answer!.id);
	await ask(fork, 'Third');
	const texts = (index: number) =>
		provider.requests[index]?.messages.flatMap(message => (message.role === 'user' ? message.parts : []));
	expect(texts(2)).toMatchObject([{ text: 'First' }, { text: 'Third' }]);
	const second = rows(conversation).filter(row => row.kind === 'user')[1];
	await world.conversations.retry(conversation.id, second!.id, 'Second, changed');
	await idle(conversation);
	expect(texts(3)).toMatchObject([{ text: 'First' }, { text: 'Second, changed' }]);
});

test('changing to Claude and back hands the text on, and says so', async () => {
	const provider = new ScriptedProvider('p', () => ({ text: 'I am local.' }));
	const world = new LoopWorld([provider]);
	const conversation = await world.open();
	await ask(conversation, 'Who are you?');
	const loop = world.start;
	world.start = undefined;
	await conversation.setModel('opus');
	expect(conversation.view).toMatchObject({ provider: 'claude', mode: 'default' });
	conversation.send('And you?', []);
	await vi.waitFor(() => expect(world.session.sent).toHaveLength(1));
	expect(JSON.stringify(world.session.sent[0]?.content)).toContain('I am local.');
	expect(shown(conversation).join()).toContain('notice: Claude goes on from here.');
	world.session.say({ type: 'result', subtype: 'success', is_error: false, num_turns: 1 });
	world.start = loop;
	await conversation.setModel('p/small');
	await ask(conversation, 'Again?');
	expect(JSON.stringify(provider.requests[1]?.messages)).toContain('Who are you?');
	expect(world.journaled('execution.started').map(event => event.provider)).toEqual(['p', 'claude', 'p']);
});

test('Auto asks the rules, and the turn says which model answered and why', async () => {
	const provider = new ScriptedProvider('p', () => ({ text: 'Hello.' }));
	const world = new LoopWorld([provider]);
	const conversation = await world.open('auto');
	world.routed = { model: 'p/small', why: 'Talk goes to a local model.' };
	await ask(conversation, 'Hi');
	expect(rows(conversation).at(-1)).toMatchObject({ model: 'p/small', why: 'Talk goes to a local model.' });
	expect(world.journaled('execution.updated').at(-1)).toMatchObject({ provider: 'p', model: 'small' });
	expect(conversation.view).toMatchObject({ model: 'auto', provider: 'auto' });
});

test('a provider that dies is replaced by the next of the chain, with a notice', async () => {
	const first = new ScriptedProvider('first', (_, turn) =>
		turn === 1 ? { fail: 'cut-off', after: 'It beg' } : { fail: 'offline' },
	);
	const second = new ScriptedProvider('second', () => ({ text: 'I take over.' }), false);
	const world = new LoopWorld([first, second]);
	world.fallbacks = [{ provider: 'second', model: 'small' }];
	const conversation = await world.open('first/small');
	await ask(conversation, 'Go');
	expect(shown(conversation)).toEqual([
		'user: Go',
		'text: It beg',
		expect.stringMatching(/^notice: first\/small did not answer: .* Going on with second\/small/),
		'text: I take over.',
		'turn: succeeded',
	]);
	expect(second.requests[0]?.messages.map(message => message.role)).toEqual(['system', 'user']);
	expect(world.journaled('usage.recorded').map(event => event.provider)).toContain('second');
	expect(world.journaled('execution.updated').at(-1)).toMatchObject({ provider: 'second' });
});

test('without a chain a cut stream is said, and Try Again goes on', async () => {
	const provider = new ScriptedProvider('p', (_, turn) =>
		turn === 1 ? { fail: 'cut-off', after: 'It beg' } : { text: 'It begins.' },
	);
	const conversation = await new LoopWorld([provider]).open();
	await ask(conversation, 'Go');
	const notice = rows(conversation).at(-2);
	expect(notice).toMatchObject({
		kind: 'notice',
		level: 'error',
		actions: [{ title: 'Try Again', command: 'quarterdeck.chat.goOn' }, {}],
	});
	expect(shown(conversation).at(-1)).toBe('turn: failed');
	await conversation.goOn();
	await idle(conversation);
	expect(shown(conversation).at(-2)).toBe('text: It begins.');
});

test('older messages are summarised before the window is full, and the row shows the summary', async () => {
	const provider = new ScriptedProvider('p', request =>
		JSON.stringify(request.messages[0]).includes('You summarise')
			? { text: 'They counted.' }
			: { text: 'x'.repeat(3_000) },
	);
	provider.list = [model('small', { contextTokens: 3_000 })];
	const conversation = await new LoopWorld([provider]).open();
	for (const text of ['One', 'Two', 'Three', 'Four']) await ask(conversation, text);
	const notice = rows(conversation).find(row => row.kind === 'notice');
	expect(notice).toMatchObject({ code: 'compacted', details: expect.stringContaining('They counted.') });
	const last = JSON.stringify(provider.requests.at(-1)?.messages);
	expect(last).toContain('They counted.');
	expect(last).not.toContain('"One"');
	expect(last).toContain('Four');
	expect(shown(conversation).filter(row => row === 'turn: succeeded')).toHaveLength(4);
});

test('a prompt that the server finds too long is sent again after a summary', async () => {
	let isFull = false;
	const provider = new ScriptedProvider('p', request => {
		if (JSON.stringify(request.messages[0]).includes('You summarise')) {
			isFull = false;
			return { text: 'Short.' };
		}
		return isFull ? { fail: 'too-long' } : { text: 'Fine.' };
	});
	provider.list = [model('small', { contextTokens: null })];
	const conversation = await new LoopWorld([provider]).open();
	await ask(conversation, 'x'.repeat(30_000));
	await ask(conversation, 'Two');
	isFull = true;
	await ask(conversation, 'Three');
	expect(shown(conversation).slice(-2)).toEqual(['text: Fine.', 'turn: succeeded']);
});

test('/compact and /clear are ours', async () => {
	const provider = new ScriptedProvider('p', request =>
		JSON.stringify(request.messages[0]).includes('You summarise') ? { text: 'All said.' } : { text: 'Fine.' },
	);
	const conversation = await new LoopWorld([provider]).open();
	expect(conversation.view.commands.map(command => command.name)).toEqual(['compact', 'clear']);
	await ask(conversation, 'One');
	await ask(conversation, '/compact');
	await ask(conversation, 'Two');
	expect(JSON.stringify(provider.requests.at(-1)?.messages)).toContain('All said.');
	await ask(conversation, '/clear');
	await ask(conversation, 'Three');
	expect(provider.requests.at(-1)?.messages).toHaveLength(2);
});

test('files of turns are put back to what they were before them', async () => {
	const place = await folder();
	const file = join(place, 'a.txt');
	const made = join(place, 'new.txt');
	await writeFile(file, 'one\ntwo\n');
	const changes = new TurnChanges(diskReader, new ChangeFiles(join(place, 'kept')), silentLogger);
	const [first, second] = [asId<ExecutionId>('e1'), asId<ExecutionId>('e2')];
	for (const [execution, text] of [
		[first, 'one\nTWO\n'],
		[second, 'ONE\nTWO\n'],
	] as const) {
		await changes.beforeTool(execution, file);
		await writeFile(file, text);
		await changes.afterTool(execution, file);
	}
	await changes.beforeTool(second, made);
	await writeFile(made, 'new');
	await changes.afterTool(second, made);
	const dry = await restoreTurns(changes, [first, second], true, diskReader);
	expect(dry).toEqual({ canRestore: true, reason: null, files: [file, made], insertions: 2, deletions: 3 });
	await restoreTurns(changes, [first, second], false, diskReader);
	expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
	await expect(readFile(made)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
	['default', 'cli', undefined],
	['opus', 'cli', 'opus'],
	['claude/opus', 'cli', 'opus'],
	[
		'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude',
		'cli',
		'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude',
	],
	['ollama/qwen3:8b', 'loop', 'ollama/qwen3:8b'],
	['openrouter/meta/llama', 'loop', 'openrouter/meta/llama'],
])('%s is answered by the %s', (model, family, told) => {
	expect(familyOfModel(model)).toBe(family);
	expect(modelForSession(model)).toBe(told);
});
