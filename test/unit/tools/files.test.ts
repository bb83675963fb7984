import { appendFile, chmod, mkdir, readFile, readlink, stat, symlink } from 'node:fs/promises';
import { describe, expect, test, vi } from 'vitest';
import { textOf } from './toolsForTest';
import { ripgrepForTest, ToolWorld } from './worldForTools';

vi.setConfig({ testTimeout: 20_000 });

const isPosix = process.platform !== 'win32';

describe('reading', () => {
	test('numbers the lines and says how to go on', async () => {
		await using world = await ToolWorld.make();
		await world.write('a.txt', 'one\ntwo\nthree\nfour\n');
		expect(textOf(await world.run('read_file', { file_path: 'a.txt' }))).toBe('1\tone\n2\ttwo\n3\tthree\n4\tfour');
		const part = await world.run('read_file', { file_path: 'a.txt', first_line: 2, line_count: 2 });
		expect(textOf(part)).toBe('2\ttwo\n3\tthree\n[1 more lines; go on with first_line 4]');
		expect(textOf(await world.run('read_file', { file_path: 'a.txt', first_line: 9 }))).toContain('has 4 lines');
	});

	test.each([
		['nothing.txt', 'does not exist'],
		['folder', 'is a folder'],
		['a.bin', 'not a text file'],
		['folder/x/y', 'does not exist'],
	])('of %s says what is wrong', async (name, problem) => {
		await using world = await ToolWorld.make();
		await mkdir(world.path('folder'));
		await world.write('a.bin', new Uint8Array([1, 0, 2]));
		const result = await world.run('read_file', { file_path: name });
		expect(result.isError).toBe(true);
		expect(textOf(result)).toContain(problem);
	});

	test('gives an image as one', async () => {
		await using world = await ToolWorld.make();
		await world.write('dot.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1]));
		const { content } = await world.run('read_file', { file_path: 'dot.png' });
		expect(content).toEqual([{ type: 'image', mediaType: 'image/png', data: 'iVBORwAB' }]);
	});

	test('says when the editor holds something newer', async () => {
		const code = { unsavedText: () => 'newer' } as unknown as NonNullable<ToolWorld['ports']['code']>;
		await using world = await ToolWorld.make({ code });
		await world.write('a.txt', 'old');
		expect(textOf(await world.run('read_file', { file_path: 'a.txt' }))).toContain('not saved');
	});

	test.runIf(isPosix)('a pipe does not hold up the reader', async () => {
		await using world = await ToolWorld.make();
		await world.run('run_command', { command: 'mkfifo pipe' });
		const result = await world.run('read_file', { file_path: 'pipe' });
		expect(textOf(result)).toContain('not a regular file');
	});

	test('lists a folder, folders first', async () => {
		await using world = await ToolWorld.make();
		await world.write('b.txt', 'abc');
		await world.write('src/a.ts', '');
		expect(textOf(await world.run('list_folder', {}))).toBe('.:\nsrc/\nb.txt  3');
		expect(await world.run('list_folder', { path: 'no' })).toMatchObject({ isError: true });
	});
});

describe.runIf(ripgrepForTest !== null)('finding', () => {
	test('files by a glob', async () => {
		await using world = await ToolWorld.make();
		await world.write('src/a.ts', '');
		await world.write('src/deep/b.ts', '');
		await world.write('src/c.js', '');
		expect(textOf(await world.run('find_files', { pattern: '*.ts' }))).toBe('src/a.ts\nsrc/deep/b.ts');
		expect(textOf(await world.run('find_files', { pattern: '*.ts', limit: 1 }))).toContain('[more files fit');
		expect(textOf(await world.run('find_files', { pattern: '*.py' }))).toContain('No file');
	});

	test('text with its lines, and what surrounds it', async () => {
		await using world = await ToolWorld.make();
		await world.write('a.txt', 'one\nneedle here\nthree\n');
		await world.write('b/c.txt', 'Needle\n');
		expect(textOf(await world.run('search', { pattern: 'needle' }))).toBe(
			'a.txt:\n2:\tneedle here\n\nb/c.txt:\n1:\tNeedle',
		);
		expect(textOf(await world.run('search', { pattern: 'needle', context_lines: 1, path: 'a.txt' }))).toBe(
			'a.txt:\n1-\tone\n2:\tneedle here\n3-\tthree',
		);
		expect(textOf(await world.run('search', { pattern: 'absent' }))).toBe('Nothing in . fits.');
	});

	test('a pattern that is none is told to the model', async () => {
		await using world = await ToolWorld.make();
		const result = await world.run('search', { pattern: '(' });
		expect(result.isError).toBe(true);
		expect(textOf(result)).toContain('unclosed group');
	});

	test('does not look into files of secrets', async () => {
		await using world = await ToolWorld.make();
		await world.write('.env', 'KEY=needle\n');
		await world.write('id_rsa', 'needle\n');
		await world.write('a.txt', 'needle\n');
		const text = textOf(await world.run('search', { pattern: 'needle' }));
		expect(text).toContain('a.txt:');
		expect(text).not.toContain('KEY=');
		expect(text).toMatch(/\[\d files that may hold secrets were left out\]/u);
	});

	test('patterns cannot become options', async () => {
		await using world = await ToolWorld.make();
		await world.write('a.txt', 'x --pre=touch y\n');
		expect(textOf(await world.run('search', { pattern: '--pre=touch', glob: '--files' }))).toContain('Nothing');
		expect(textOf(await world.run('search', { pattern: '--pre=touch', is_literal: true }))).toContain('a.txt');
	});
});

describe('without ripgrep', () => {
	test('the tools that need it are not offered', async () => {
		await using world = await ToolWorld.make({ ripgrep: null, shell: null });
		expect(world.names()).not.toContain('quarterdeck_search');
		expect(world.names()).not.toContain('quarterdeck_find_files');
		expect(world.names()).not.toContain('quarterdeck_run_command');
		expect(world.names()).toContain('quarterdeck_read_file');
	});

	test('a program that is not there is said', async () => {
		await using world = await ToolWorld.make({ ripgrep: '/nowhere/rg' });
		expect(textOf(await world.run('search', { pattern: 'x' }))).toContain('ENOENT');
	});
});

describe('writing', () => {
	test('makes a file with its folders and shows the change', async () => {
		await using world = await ToolWorld.make();
		const result = await world.run('write_file', { file_path: 'new/a.txt', content: 'one\ntwo\n' });
		expect(result).toMatchObject({ isError: false, diff: '@@ -0,0 +1,2 @@\n+one\n+two' });
		expect(await readFile(world.path('new/a.txt'), 'utf8')).toBe('one\ntwo\n');
	});

	test('replaces only what was read, and has not changed since', async () => {
		await using world = await ToolWorld.make();
		await world.write('a.txt', 'one\n');
		const write = () => world.run('write_file', { file_path: 'a.txt', content: 'two\n' });
		expect(textOf(await write())).toContain('was not read yet');
		await world.run('read_file', { file_path: 'a.txt' });
		await appendFile(world.path('a.txt'), 'by another\n');
		expect(textOf(await write())).toContain('has changed since it was read');
		await world.run('read_file', { file_path: 'a.txt' });
		expect(await write()).toMatchObject({ isError: false });
		expect(await write()).toMatchObject({ isError: false });
		expect(await readFile(world.path('a.txt'), 'utf8')).toBe('two\n');
	});

	test('does not write over what is typed and not saved', async () => {
		const code = { unsavedText: () => 'typed' } as unknown as NonNullable<ToolWorld['ports']['code']>;
		await using world = await ToolWorld.make({ code });
		expect(textOf(await world.run('write_file', { file_path: 'a.txt', content: '' }))).toContain('not saved');
	});

	test('never writes our mark over the secret that it stands for', async () => {
		await using world = await ToolWorld.make();
		const content = 'key = ⟨secret removed: password⟩';
		expect(await world.run('write_file', { file_path: 'a.txt', content })).toMatchObject({ isError: true });
	});

	test.runIf(isPosix)('keeps the mode of a file, and follows a link', async () => {
		await using world = await ToolWorld.make();
		const path = await world.write('run.sh', 'echo 1\n');
		await chmod(path, 0o755);
		await symlink('run.sh', world.path('link'));
		await world.run('read_file', { file_path: 'link' });
		await world.run('write_file', { file_path: 'link', content: 'echo 2\n' });
		expect((await stat(path)).mode & 0o777).toBe(0o755);
		expect(await readlink(world.path('link'))).toBe('run.sh');
		expect(await readFile(path, 'utf8')).toBe('echo 2\n');
	});
});

describe('editing', () => {
	const edit = (world: ToolWorld, ...edits: readonly (readonly [string, string, boolean?])[]) =>
		world.run('edit_file', {
			file_path: 'a.txt',
			edits: edits.map(([old_string, new_string, replace_all]) => ({ old_string, new_string, replace_all })),
		});
	const open = async (world: ToolWorld, content: string | Uint8Array): Promise<void> => {
		await world.write('a.txt', content);
		await world.run('read_file', { file_path: 'a.txt' });
	};

	test('makes several edits, one in the result of the other', async () => {
		await using world = await ToolWorld.make();
		await open(world, 'a\nb\nc\n');
		const result = await edit(world, ['b', 'B'], ['B\nc', 'B\nC']);
		expect(result).toMatchObject({ isError: false, diff: '@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+C' });
	});

	test('makes all or none', async () => {
		await using world = await ToolWorld.make();
		await open(world, 'a\nb\n');
		const result = await edit(world, ['a', 'A'], ['z', 'Z']);
		expect(textOf(result)).toContain('Edit 2 of 2 of a.txt cannot be made');
		expect(textOf(result)).toContain('None of the edits was made');
		expect(await readFile(world.path('a.txt'), 'utf8')).toBe('a\nb\n');
	});

	test.each([
		['x', 'more than once'],
		['nothing', 'not in the file'],
	])('of %s is refused with the reason', async (text, reason) => {
		await using world = await ToolWorld.make();
		await open(world, 'x\nx\n');
		expect(textOf(await edit(world, [text, 'y']))).toContain(reason);
		expect(await edit(world, ['x', 'y', true])).toMatchObject({ isError: false });
		expect(await readFile(world.path('a.txt'), 'utf8')).toBe('y\ny\n');
	});

	test.each([
		['windows lines', Buffer.from('a\r\nb\r\n'), Buffer.from('a\r\nB\r\nc\r\n')],
		['a byte order mark', Buffer.from('\ufeffa\nb\n'), Buffer.from('\ufeffa\nB\nc\n')],
		['UTF-16', Buffer.from('\ufeffa\r\nb\r\n', 'utf16le'), Buffer.from('\ufeffa\r\nB\r\nc\r\n', 'utf16le')],
		[
			'big-endian UTF-16',
			Buffer.from('\ufeffa\nb\n', 'utf16le').swap16(),
			Buffer.from('\ufeffa\nB\nc\n', 'utf16le').swap16(),
		],
		['an old encoding', Buffer.from('\xe4\nb\n', 'latin1'), Buffer.from('\xe4\nB\nc\n', 'latin1')],
		['mixed lines', Buffer.from('a\nb\r\nx\n'), Buffer.from('a\nB\nc\r\nx\n')],
	])('keeps %s', async (_, before, after) => {
		await using world = await ToolWorld.make();
		await open(world, before);
		expect(await edit(world, ['b', 'B\nc'])).toMatchObject({ isError: false });
		expect((await readFile(world.path('a.txt'))).toString('hex')).toBe(after.toString('hex'));
	});

	test('in mixed lines finds what was read over a line break', async () => {
		await using world = await ToolWorld.make();
		await open(world, 'a\r\nb\r\nc\n');
		expect(await edit(world, ['a\nb', 'A\nB'])).toMatchObject({ isError: false });
		expect(await readFile(world.path('a.txt'), 'utf8')).toBe('A\r\nB\r\nc\n');
	});

	test('refuses what the encoding cannot hold', async () => {
		await using world = await ToolWorld.make();
		await open(world, Buffer.from('\xe4\nb\n', 'latin1'));
		expect(textOf(await edit(world, ['b', '→']))).toContain('cannot hold “→”');
	});
});
