import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';

/**
 * Loads a CommonJS module that lies compressed in the package. It is never on disk in the clear; in traces it has the
 * file's name without `.br`. The build puts calls of this in the place of large libraries that few users load.
 */
export function unpack(file: string): unknown {
	const source = brotliDecompressSync(readFileSync(file)).toString('utf8');
	const load = compileFunction(source, ['module', 'exports', 'require'], {
		filename: file.replace(/\.br$/u, ''),
	}) as (module: { exports: unknown }, exports: unknown, require: NodeJS.Require) => void;
	const module = { exports: {} as unknown };
	load(module, module.exports, createRequire(file));
	return module.exports;
}
