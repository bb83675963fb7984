// Templates of flows, kept in the package as one compressed file: they are much alike, and together a fifth of their size.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packed } from './packed.mjs';

const folder = 'media/templates';

/** Writes `templates.json.br` into `outdir`: what `readTemplates` reads, in the order of the index. */
export function writeTemplates(outdir, isFinal) {
	mkdirSync(outdir, { recursive: true });
	const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
	const all = index.flatMap(({ category, templates }) =>
		templates.map(id => ({ id, category, text: readFileSync(join(folder, `${id}.flow.json`), 'utf8') })),
	);
	writeFileSync(join(outdir, 'templates.json.br'), packed(Buffer.from(JSON.stringify(all)), isFinal));
}
