// `node test/webview/flow/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { join } from 'node:path';
import { shootScenes } from '../../gallery/shootScenes.ts';
import { settle } from './settle.ts';

await shootScenes({
	page: join(import.meta.dirname, 'page.tsx'),
	looks: [
		{ theme: 'dark', width: 1400 },
		{ theme: 'dark', width: 300 },
		{ theme: 'light', width: 1000 },
		{ theme: 'contrast', width: 1000 },
	],
	settle,
});
