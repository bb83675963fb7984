// pdf.js for its text alone: what draws, edits and fills in forms is taken out of it, and what only that needed falls away.
import { transform } from 'esbuild';
import { readFile } from 'node:fs/promises';

/** Classes that reading text never makes one of, or makes and never asks. Every name must still be there once. */
const cut = [
	'Annotation',
	'AnnotationEditor',
	'AnnotationEditorLayer',
	'AnnotationEditorUIManager',
	'AnnotationFactory',
	'AnnotationLayer',
	'CanvasBBoxTracker',
	'CanvasDependencyTracker',
	'CanvasGraphics',
	'CanvasImagesTracker',
	'CompiledFont',
	'DOMFilterFactory',
	'FakeUnicodeFont',
	'FontInfo',
	'FunctionBasedShading',
	'ImageResizer',
	'InternalRenderTask',
	'JBig2CCITTFaxImage',
	'JpegImage',
	'JpxImage',
	'MeshShading',
	'MetadataParser',
	'OptionalContentConfig',
	'PDFEditor',
	'PDFFunction',
	'PDFImage',
	'PatternInfo',
	'PsJsCompiler',
	'PsWasmCompiler',
	'RadialAxialShading',
	'SignatureExtractor',
	'TextLayer',
	'WebGPU',
	'WidgetAnnotation',
	'XFAFactory',
	'XfaLayer',
];

/** Functions of the same kind: how wide letters are in the fonts of interactive forms. */
const cutFunctions = ['getXfaFontName', 'getXfaFontDict'];

/** The library carries its own, with a dictionary of 120 KB; Node has one. */
const brotli = [
	/makeBrotliDecode ?= ?\(\) ?=> ?\{/u,
	'makeBrotliDecode = () => bytes => { const plain = require("node:zlib").brotliDecompressSync(bytes); return new Int8Array(plain.buffer, plain.byteOffset, plain.length); }, ownBrotli = () => {',
];

/** A plugin of esbuild. */
export const pdfText = {
	name: 'pdf-text',
	setup(build) {
		build.onLoad({ filter: /unpdf[/\\]dist[/\\]pdfjs\.mjs$/ }, async ({ path }) => ({
			contents: await forText(await readFile(path, 'utf8')),
			loader: 'js',
		}));
	},
};

export async function forText(source) {
	let text = replaceOnce(source, ...brotli);
	for (const name of cut) {
		const kept = new RegExp(`(?<![\\w$])([\\w$]+) ?= ?class ${name}(?=[ {])`, 'u');
		const named = new RegExp(`(?<![\\w$])(${name}) ?= ?class(?=[ {])`, 'u');
		const pattern = kept.test(text) ? kept : named;
		text = replaceOnce(
			text,
			pattern,
			(_, variable) => `${variable} = class { static setOptions() {} static cleanup() {} }, cut${name} = () => class`,
		);
	}
	for (const name of cutFunctions) {
		text = replaceOnce(text, new RegExp(`function ${name}\\(`, 'u'), `function ${name}() {} function cut${name}(`);
	}
	text = text.replaceAll('=getLookupTableFactory(', '=/* @__PURE__ */ getLookupTableFactory(');
	return droppable((await transform(text, { target: 'es2023', supported: { 'template-literal': false } })).code);
}

/**
 * Bundlers keep a class with static parts, used or not. Within a call marked as pure each falls away with its last use.
 * The transform before this lets every class of the top level begin and end on a line that begins in the first column.
 */
function droppable(code) {
	let isInClass = false;
	const lines = code.split('\n').map(line => {
		const end = isInClass && line.startsWith('}') ? `})()${line.slice(1)}` : line;
		if (end !== line) isInClass = false;
		if (isInClass) return line;
		const begun = end.replace(/^((?:var|\}\)\(\),|\},) [\w$]+ = )(class[ {].*)$/u, '$1/* @__PURE__ */ (() => $2');
		isInClass = begun !== end;
		return begun;
	});
	return lines.join('\n');
}

function replaceOnce(text, pattern, replacement) {
	const count = [...text.matchAll(new RegExp(pattern, 'gu'))].length;
	if (count !== 1) throw new Error(`pdf.js has changed: ${pattern} is there ${count} times`);
	return text.replace(pattern, replacement);
}
