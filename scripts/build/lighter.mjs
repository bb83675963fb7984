// Plugins of esbuild that leave out of libraries what the extension never uses. Each fails when its library has changed.
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
