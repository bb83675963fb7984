// node scripts/flowSchema.ts: writes media/flow.schema.json from the node types. A test fails while it is out of date.
import { stop } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { loadBundled } from './lib/bundle.ts';
import { cache, root } from './lib/tools.ts';

const source = join(root, 'scripts', 'build', 'flowSchemaText.ts');
const { schemaText } = (await loadBundled(source, join(cache, 'flowSchemaText.mjs'))) as {
	readonly schemaText: string;
};
const file = join(root, 'media', 'flow.schema.json');
writeFileSync(file, await format(schemaText, { filepath: file, useTabs: true, printWidth: 120 }));
await stop();
