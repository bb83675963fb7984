// Plugins of esbuild that leave out of libraries what the extension never uses. Each fails when its library has changed.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The MCP SDK brings ajv, unasked, for a check that we make with a smaller library, which the tools bring anyway: 130 KB
 * less to load.
 */
export const smallValidator = {
	name: 'small-validator',
	setup(build) {
		build.onResolve({ filter: /validation\/ajv-provider\.js$|^\.\/ajv-provider\.js$/ }, ({ resolveDir }) => ({
			path: 'ajv-provider',
			namespace: 'small-validator',
			pluginData: { resolveDir },
		}));
		build.onLoad({ filter: /.*/, namespace: 'small-validator' }, ({ pluginData }) => ({
			contents:
				"export { CfWorkerJsonSchemaValidator as AjvJsonSchemaValidator } from '../validation/cfworker-provider.js';",
			resolveDir: pluginData.resolveDir,
		}));
	},
};

/** What zod says is shown in English; its fifty other languages are 260 KB. */
export const englishZod = {
	name: 'english-zod',
	setup(build) {
		build.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
			contents: "export { default as en } from './en.js';",
		}));
	},
};

/** The reader of Word files brings a zip library that writes too, with its own inflate; another is there already. */
export const smallZip = {
	name: 'small-zip',
	setup(build) {
		build.onResolve({ filter: /^jszip$/ }, () => ({ path: resolve('scripts/build/jszip.mjs') }));
	},
};

/** The diagrams' library lays out with one and a half megabytes translated from Java, of which it uses one algorithm. */
export const smallLayout = {
	name: 'small-layout',
	setup(build) {
		build.onResolve({ filter: /^elkjs/ }, ({ path }) => {
			if (path !== 'elkjs/lib/elk.bundled.js') throw new Error(`${path} is not what was asked for before`);
			return { path: resolve('scripts/build/elk.mjs') };
		});
	},
};

/**
 * Of systeminformation's many answers these are used, and on macOS and Windows alone. As modules, its files let esbuild
 * leave out every function that is not needed: 59 KB instead of 320.
 */
const systemAnswers = {
	battery: ['battery', 'default'],
	graphics: ['graphics', 'graphics'],
	mem: ['memory', 'mem'],
	networkStats: ['network', 'networkStats'],
	processes: ['processes', 'processes'],
};
const otherSystems = /^const (?:_linux|_freebsd|_openbsd|_netbsd|_sunos) = .*$/gm;

export const fewSystemAnswers = {
	name: 'few-system-answers',
	setup(build) {
		build.initialOptions.define = {
			...build.initialOptions.define,
			...Object.fromEntries(['_linux', '_freebsd', '_openbsd', '_netbsd', '_sunos'].map(name => [name, 'false'])),
		};
		build.onLoad({ filter: /systeminformation[/\\]lib[/\\]index\.js$/ }, () => ({
			contents: Object.entries(systemAnswers)
				.map(([name, [file, exported]]) => `export { ${exported} as ${name} } from './${file}.js';`)
				.join('\n'),
		}));
		build.onLoad({ filter: /systeminformation[/\\]lib[/\\]\w+\.js$/ }, ({ path }) => {
			const text = readFileSync(path, 'utf8');
			const contents = text
				.replaceAll(otherSystems, '')
				.replaceAll(/^(?:const|let) (\w+) = require\('([^']+)'\);$/gm, "import * as $1 from '$2';")
				.replaceAll(/^(?:const|let) (\w+) = require\('([^']+)'\)\.(\w+);$/gm, "import { $3 as $1 } from '$2';")
				.replaceAll(/^exports\.(\w+) = (\w+);$/gm, 'export { $2 as $1 };')
				.replaceAll(/^module\.exports = /gm, 'export default ');
			if (/^(?:exports\.|module\.exports|(?:const|let) \w+ = require\()/m.test(contents) || contents === text)
				throw new Error(`${path} is written in another way than before`);
			return { contents };
		});
	},
};
