// `node test/webview/policy/gallery/shoot.ts FOLDER` takes a picture of the policy page in each theme and width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadBundled } from '../../../../scripts/lib/bundle.ts';
import { cache } from '../../../../scripts/lib/tools.ts';
import { buildPage, launchBrowser } from '../../gallery/browser.ts';
import type * as Answers from '../answers.ts';

const [folder = '.cache/gallery'] = process.argv.slice(2);
const looks = [
	{ theme: 'dark', width: 1000 },
	{ theme: 'dark', width: 300 },
	{ theme: 'light', width: 700 },
	{ theme: 'contrast', width: 1000 },
];
const shell = 'npm test && git push origin main && cat ~/.ssh/id_rsa';
const json = '{"tool": "mcp__github__list_issues", "input": {"path": ".env"}}';

const made = join(cache, 'gallery', 'answers.mjs');
const { viewOf, explained } = (await loadBundled(
	join(import.meta.dirname, '..', 'answers.ts'),
	made,
)) as typeof Answers;
const explanations = { [shell]: explained(shell), [json]: explained(json), 'git status': explained('git status') };
const scenes = [
	{ name: 'full', text: '', prepared: { view: viewOf(false), explanations } },
	{ name: 'asked', text: shell, prepared: { view: viewOf(false), explanations } },
	{ name: 'tool', text: json, prepared: { view: viewOf(false), explanations } },
	{ name: 'empty', text: 'git status', prepared: { view: viewOf(true), explanations } },
	{
		name: 'failing',
		text: '',
		prepared: { view: viewOf(true), explanations, failure: 'The policy could not be read.' },
	},
];

mkdirSync(folder, { recursive: true });
const built = await buildPage(join(import.meta.dirname, 'page.ts'));
const browser = await launchBrowser();
try {
	for (const { theme, width } of looks) {
		for (const { name, text, prepared } of scenes) {
			const page = await browser.newPage({ viewport: { width, height: 900 } });
			page.on('pageerror', error => console.log(`error: ${error.message}`));
			await page.addInitScript(value => Object.assign(globalThis, { prepared: value }), prepared);
			await page.goto(`${built.url}?theme=${theme}`);
			await page.waitForSelector('main h1');
			if (text !== '') {
				await page.locator('textarea').fill(text);
				await page.waitForSelector('.ask-answer');
			}
			await page.evaluate(() => document.fonts.ready);
			await page.screenshot({ path: join(folder, `policy-${name}-${theme}-${width}.png`) });
			if (name === 'full') {
				await page.locator('main').evaluate(main => main.scrollTo(0, 900));
				await page.screenshot({ path: join(folder, `policy-scrolled-${theme}-${width}.png`) });
			}
			await page.close();
		}
	}
} finally {
	await browser.close();
	built.dispose();
}
