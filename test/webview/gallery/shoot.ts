// `node test/webview/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { join } from 'node:path';
import { settle } from './settle.ts';
import { shootScenes } from './shootScenes.ts';

await shootScenes({
	page: join(import.meta.dirname, 'page.ts'),
	looks: [
		{ theme: 'dark', width: 300 },
		{ theme: 'dark', width: 1000 },
		{ theme: 'light', width: 420 },
		{ theme: 'contrast', width: 420 },
	],
	settle,
});
