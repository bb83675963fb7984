import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { builtInCatalog } from '../../../../src/core/flow/nodes/catalog';
import { nodesReference } from '../../../../src/core/flow/nodes/reference';

test('docs/nodes.md tells of the node types as they are: node scripts/nodesReference.ts writes it', async () => {
	const file = join(import.meta.dirname, '../../../../docs/nodes.md');
	const text = await format(nodesReference(builtInCatalog.list()), { filepath: file, useTabs: true, printWidth: 120 });
	expect(readFileSync(file, 'utf8')).toBe(text);
	for (const { title, type } of builtInCatalog.list()) {
		expect(text).toContain(`### ${title}\n`);
		expect(text).toContain(`\`${type}@`);
	}
});
