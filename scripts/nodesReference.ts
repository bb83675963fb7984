// node scripts/nodesReference.ts: writes docs/nodes.md from the node types. A test fails while it is out of date.
import { stop } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { loadBundled } from './lib/bundle.ts';
import { cache, root } from './lib/tools.ts';

const source = join(root, 'scripts', 'build', 'nodesReferenceText.ts');
const { referenceText } = (await loadBundled(source, join(cache, 'nodesReferenceText.mjs'))) as {
	readonly referenceText: string;
};
const file = join(root, 'docs', 'nodes.md');
writeFileSync(file, await format(referenceText, { filepath: file, useTabs: true, printWidth: 120 }));
await stop();
