// @vitest-environment node
import { join } from 'node:path';
import { everyoneCanUse } from '../gallery/axe';
import { scenes } from './gallery/scenes';
import { settle } from './gallery/settle';

everyoneCanUse({
	page: join(import.meta.dirname, 'gallery/page.tsx'),
	// From far away everything is one picture, which the list says in words.
	scenes: Object.keys(scenes).filter(name => name !== 'far'),
	settle,
	size: { width: 1400, height: 900 },
	narrow: '.toolbar, .inspector, .bottom, .palette',
});
