import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asId, type ExecutionId } from '../../../src/core/base/ids';
import { silentLogger } from '../../../src/core/base/logger';
import { ChangeFiles, diskReader } from '../../../src/core/chat/review/changeFiles';
import { TurnChanges, type FileState } from '../../../src/core/chat/review/turnChanges';

const turn = asId<ExecutionId>('turn-1');
let folder: string;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'quarterdeck-turns-'));
	file = join(folder, 'a.txt');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const recorder = (limit?: number): TurnChanges =>
	new TurnChanges(diskReader, new ChangeFiles(join(folder, 'kept'), limit), silentLogger);
const textOf = async (changes: TurnChanges, state: FileState): Promise<string> => {
	const content = await changes.content(state);
	return content ? new TextDecoder().decode(content) : state.kind;
};
const shown = async (changes: TurnChanges): Promise<string[]> => {
	const all = await changes.changesOf(turn);
	return Promise.all(all.map(async c => `${await textOf(changes, c.before)} -> ${await textOf(changes, c.after)}`));
};

describe('what a turn changed', () => {
	test('from before the first to after the last change, also for a later window', async () => {
		const changes = recorder();
		await writeFile(file, 'one');
		for (const text of ['two', 'three']) {
			await changes.beforeTool(turn, file);
			await writeFile(file, text);
			await changes.afterTool(turn, file);
		}
		expect(await shown(changes)).toEqual(['one -> three']);
		await writeFile(file, 'later');
		expect(await shown(changes)).toEqual(['one -> three']);
		expect(await shown(recorder())).toEqual(['one -> three']);
	});

	test('new and deleted files; what is as it was is left out', async () => {
		const changes = recorder();
		const [added, gone, same] = ['added', 'gone', 'same'].map(name => join(folder, name)) as [string, string, string];
		await writeFile(gone, 'gone');
		await writeFile(same, 'same');
		for (const path of [added, gone, same]) await changes.beforeTool(turn, path);
		await writeFile(added, 'added');
		await rm(gone);
		for (const path of [added, gone, same]) await changes.afterTool(turn, path);
		expect(await shown(changes)).toEqual(['absent -> added', 'gone -> absent']);
	});

	test('a file that is too big or cannot be read does not stop the turn', async () => {
		const changes = recorder();
		await writeFile(file, new Uint8Array(6 * 1024 * 1024));
		await changes.beforeTool(turn, file);
		await changes.beforeTool(turn, folder);
		await changes.afterTool(turn, file);
		await changes.afterTool(turn, folder);
		expect((await changes.changesOf(turn)).map(change => change.before)).toEqual([
			{ kind: 'not-kept', why: 'unreadable' },
			{ kind: 'not-kept', why: 'too-big' },
		]);
	});

	test('the oldest turns go when the store is full', async () => {
		const store = new ChangeFiles(join(folder, 'kept'), 5000);
		const changes = new TurnChanges(diskReader, store, silentLogger);
		const names = ['oldest', 'older', 'new'].map(name => asId<ExecutionId>(name));
		for (const [index, execution] of names.entries()) {
			await changes.beforeTool(execution, file);
			await writeFile(file, crypto.getRandomValues(new Uint8Array(2000)));
			await changes.afterTool(execution, file);
			const time = new Date(Date.now() - (3 - index) * 3_600_000);
			await utimes(join(folder, 'kept', 'turns', `${execution}.json`), time, time);
		}
		const past = new Date(Date.now() - 3_600_000);
		for (const name of await readdir(join(folder, 'kept', 'contents'), { recursive: true }))
			if (name.endsWith('.gz')) await utimes(join(folder, 'kept', 'contents', name), past, past);
		await store.prune();
		const later = recorder();
		const left = await Promise.all(names.map(async name => (await later.changesOf(name)).length));
		expect(left).toEqual([0, 0, 1]);
		const contents = await readdir(join(folder, 'kept', 'contents'), { recursive: true });
		expect(contents.filter(name => name.endsWith('.gz'))).toHaveLength(2);
	});

	test('a list edited by hand is read as far as it makes sense', async () => {
		const changes = recorder();
		await rm(file, { force: true });
		await changes.beforeTool(turn, file);
		await writeFile(file, 'one');
		await changes.afterTool(turn, file);
		const list = join(folder, 'kept', 'turns', `${turn}.json`);
		const text = await readFile(list, 'utf8');
		await writeFile(list, text.replace('[', '[7,{"path":1},'));
		expect(await shown(recorder())).toEqual(['absent -> one']);
		await writeFile(list, 'not json');
		expect(await recorder().changesOf(turn)).toEqual([]);
	});
});
