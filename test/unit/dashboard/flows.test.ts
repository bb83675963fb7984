import { beforeEach, expect, test, vi } from 'vitest';
import type { SourceDeps } from '../../../src/extension/dashboard/source';

const world = vi.hoisted(() => ({ files: new Set<string>(), folders: [] as { name: string; uri: unknown }[] }));

vi.mock('vscode', () => {
	const file = (fsPath: string): unknown => ({ scheme: 'file', path: fsPath, fsPath });
	return {
		Uri: { file, parse: (text: string) => file(text.replace('file://', '')) },
		FileType: { File: 1 },
		workspace: {
			get workspaceFolders() {
				return world.folders;
			},
			getWorkspaceFolder: ({ fsPath }: { fsPath: string }) =>
				world.folders.find(({ uri }) => fsPath.startsWith(`${(uri as { fsPath: string }).fsPath}/`)),
			fs: {
				stat: ({ fsPath }: { fsPath: string }) =>
					world.files.has(fsPath) ? Promise.resolve({ type: 1 }) : Promise.reject(new Error('ENOENT')),
			},
		},
	};
});

const { Uri } = await import('vscode');
const { flowAtPath, flowsSource } = await import('../../../src/extension/dashboard/sources/flows');

beforeEach(() => {
	world.files = new Set(['/home/ada/shop/deploy.flow.json', '/home/ada/web/flows/check.flow.json']);
	world.folders = ['/home/ada/shop', '/home/ada/web'].map(path => ({
		name: path.split('/').at(-1)!,
		uri: Uri.file(path),
	}));
});

test.each([
	['deploy.flow.json', '/home/ada/shop/deploy.flow.json'],
	// As a list of several folders names them.
	['shop/deploy.flow.json', '/home/ada/shop/deploy.flow.json'],
	['web/flows/check.flow.json', '/home/ada/web/flows/check.flow.json'],
	['flows/check.flow.json', '/home/ada/web/flows/check.flow.json'],
])('the flow at %s of a workspace of two folders', async (path, file) => {
	expect((await flowAtPath(path)).fsPath).toBe(file);
});

test.each(['../secret.flow.json', 'shop/../../secret.flow.json', 'none.flow.json', 'notes.md', ''])(
	'“%s” is no flow of this workspace',
	async path => {
		world.files.add('/home/ada/secret.flow.json');
		await expect(flowAtPath(path)).rejects.toMatchObject({ code: 'no-flow' });
	},
);

test.each(['file:///home/ada/secret.flow.json', 'file:///home/ada/shop/notes.md'])(
	'no trigger of %s is acted upon',
	async uri => {
		const act = flowsSource.does!.find(({ name }) => name === 'schedules.act')!;
		await expect(act.run({ uri, node: 'nightly', verb: 'turnOn' }, {} as SourceDeps)).rejects.toMatchObject({
			code: 'no-flow',
		});
	},
);
