// @vitest-environment node
import { join } from 'node:path';
import { everyoneCanUse } from '../gallery/axe';
import { scenes } from './gallery/scenes';
import { settle } from './gallery/settle.ts';

everyoneCanUse({
	page: join(import.meta.dirname, 'gallery/page.tsx'),
	scenes: Object.keys(scenes),
	settle,
	narrow: 'main, .split, .split-list, .split-detail, .stream, .inspector-header',
});
