// `node test/webview/dashboard/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { join } from 'node:path';
import { shootScenes } from '../../gallery/shootScenes.ts';
import { settle } from './settle.ts';

await shootScenes({
	page: join(import.meta.dirname, 'page.ts'),
	looks: [
		{ theme: 'dark', width: 1200 },
		{ theme: 'dark', width: 300 },
		{ theme: 'light', width: 620 },
		{ theme: 'contrast', width: 1200 },
	],
	settle,
});
