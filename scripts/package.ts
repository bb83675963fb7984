// Packs the built extension into .cache/quarterdeck.vsix, prints its size and fails when it holds what a user must not get.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from './lib/tools.ts';

const file = join(cache, 'quarterdeck.vsix');
/** Bytes: three megabytes as the packaging tool counts them. */
const limit = 3 * 1024 * 1024;

mkdirSync(cache, { recursive: true });
const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', file];
const packed = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
process.stdout.write(packed.stdout);
process.stderr.write(packed.stderr);
process.exitCode = packed.status ?? 1;
if (process.exitCode === 0) {
	const names = namesInZip(readFileSync(file));
	const strangers = names.filter(name => !isWanted(name));
	for (const name of strangers) console.error(`Does not belong into the package: ${name}`);
	const { size } = statSync(file);
	if (size > limit) console.error(`The package is larger than ${limit} bytes: it has ${size}`);
	if (strangers.length > 0 || size > limit) process.exitCode = 1;
	console.log(`package: ${(size / 1024 / 1024).toFixed(2)} MB, ${names.length} files: .cache/quarterdeck.vsix`);
}

/** The built code, pictures and the texts a package carries; nothing of the sources, the tests or their harness. */
function isWanted(name: string): boolean {
	if (name === 'extension.vsixmanifest' || name === '[Content_Types].xml') return true;
	if (
		/^extension\/(package(\.nls[.\w-]*)?\.json|readme\.md|changelog\.md|license(\.txt|\.md)?|support\.md)$/i.test(name)
	)
		return true;
	// Programs that were exported from flows are typed by it.
	if (name === 'extension/dist/cli/engine.d.ts') return true;
	return /^extension\/(dist|media)\//.test(name) && !/\.(map|ts|tsx|test\.\w+)$/.test(name);
}

/** Names from the central directory of a zip file: enough of the format for the files that vsce writes. */
function namesInZip(zip: Buffer): readonly string[] {
	const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
	const count = zip.readUInt16LE(end + 10);
	const names: string[] = [];
	let at = zip.readUInt32LE(end + 16);
	for (let index = 0; index < count; index++) {
		const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => zip.readUInt16LE(at + offset)) as [
			number,
			number,
			number,
		];
		names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
		at += 46 + nameLength + extraLength + commentLength;
	}
	return names;
}
