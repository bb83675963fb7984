// @vitest-environment node
import { join } from 'node:path';
import { everyoneCanUse } from '../gallery/axe';
import { settle } from './gallery/settle';

everyoneCanUse({
	page: join(import.meta.dirname, 'gallery', 'page.ts'),
	scenes: ['every', 'empty', 'failing', 'hot', 'gallery', 'settings'],
	settle,
	narrow: '.dashboard-page, .grid-scroll, .side-body, .widget-body',
	size: { width: 900, height: 900 },
});
