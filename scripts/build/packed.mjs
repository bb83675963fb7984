// Libraries that few users load, kept in the package as one compressed file each and unpacked in memory when they are.
import * as esbuild from 'esbuild';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { englishZod, fewSystemAnswers, smallLayout, smallZip } from './lighter.mjs';
import { pdfText } from './pdfText.mjs';

/** File name and what is used of each library; `null` for one in CommonJS, which is kept whole. */
const libraries = {
	'@mixmark-io/domino': { name: 'dom', used: null },
	'beautiful-mermaid': { name: 'mermaid', used: ['renderMermaidSVG'] },
	mammoth: { name: 'word', used: null },
	'read-excel-file/node': { name: 'excel', used: ['default'] },
	systeminformation: { name: 'system', used: ['battery', 'graphics', 'mem', 'networkStats', 'processes'] },
	'unpdf/pdfjs': { name: 'pdf', used: ['getDocument'] },
};

/** A plugin of esbuild: the libraries' places are taken by modules that unpack them. */
export const packedLibraries = {
	name: 'packed-libraries',
	setup(build) {
		const namespace = 'packed';
		const isPacked = new RegExp(`^(?:${Object.keys(libraries).join('|')})$`);
		build.onResolve({ filter: isPacked }, ({ path }) => ({ path, namespace }));
		build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: stub(path), resolveDir: resolve('.') }));
	},
};

function stub(library) {
	const { name, used } = libraries[library];
	// The bundles' banner gives `__dirname` its meaning.
	const unpacked = `unpack(__dirname + '/${name}.js.br')`;
	if (used === null) return `const { unpack } = require('./src/core/base/packed'); module.exports = ${unpacked};`;
	const exported = used.map(item => `const the_${item} = library.${item}; export { the_${item} as ${item} };`);
	return `import { unpack } from './src/core/base/packed'; const library = ${unpacked}; ${exported.join(' ')}`;
}

/** Writes the libraries into `folder`, each with all that it needs. */
export async function writePackedLibraries(folder, isFinal) {
	await Promise.all(
		Object.entries(libraries).map(async ([library, { name, used }]) => {
			const contents =
				used === null ? `module.exports = require('${library}')` : `export { ${used.join(', ')} } from '${library}'`;
			const { outputFiles } = await esbuild.build({
				stdin: { contents, resolveDir: resolve('.') },
				bundle: true,
				minify: true,
				write: false,
				platform: 'node',
				format: 'cjs',
				target: 'es2023',
				legalComments: 'none',
				plugins: [englishZod, fewSystemAnswers, pdfText, smallLayout, smallZip],
			});
			writeFileSync(join(folder, `${name}.js.br`), packed(outputFiles[0].contents, isFinal));
		}),
	);
}

/** As small as Brotli gets it. A build for development does not wait for the last percents. */
export function packed(bytes, isFinal) {
	return brotliCompressSync(bytes, {
		params: {
			[constants.BROTLI_PARAM_QUALITY]: isFinal ? constants.BROTLI_MAX_QUALITY : 4,
			[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
			[constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
		},
	});
}
