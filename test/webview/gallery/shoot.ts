// `node test/webview/gallery/shoot.ts FOLDER [scene…]` takes a picture of each scene in each theme and width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage, launchBrowser } from './browser.ts';
import { galleryOf, settle } from './settle.ts';

const [folder = '.cache/gallery', ...wanted] = process.argv.slice(2);
const looks = [
	{ theme: 'dark', width: 300 },
	{ theme: 'dark', width: 1000 },
	{ theme: 'light', width: 420 },
	{ theme: 'contrast', width: 420 },
];

mkdirSync(folder, { recursive: true });
const built = await buildPage(join(import.meta.dirname, 'page.ts'));
const browser = await launchBrowser();
try {
	for (const { theme, width } of looks) {
		const page = await browser.newPage({ viewport: { width, height: 760 } });
		page.on('console', message => {
			if (message.type() === 'error') console.log(`console: ${message.text()}`);
		});
		page.on('pageerror', error => console.log(`error: ${error.message}`));
		await page.goto(built.url);
		for (const scene of wanted.length > 0 ? wanted : (await galleryOf(page)).names) {
			await page.goto(`${built.url}?scene=${scene}&theme=${theme}`);
			await settle(page);
			await page.screenshot({ path: join(folder, `${scene}-${theme}-${width}.png`) });
		}
		await page.close();
	}
} finally {
	await browser.close();
	built.dispose();
}
