import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// By itself Vitest keeps one core for itself, which on two cores means one file at a time; half of a file is waiting.
const maxWorkers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
	test: {
		projects: [
			{
				// Diagrams are laid out as in the package.
				resolve: { alias: { 'elkjs/lib/elk.bundled.js': resolve('scripts/build/elk.mjs') } },
				test: {
					name: 'unit',
					server: { deps: { inline: ['beautiful-mermaid'] } },
					environment: 'node',
					include: ['test/unit/**/*.test.ts'],
					globalSetup: ['test/unit/built.ts'],
					setupFiles: ['test/patience.ts', 'test/unit/leaks.ts'],
					maxWorkers,
					// A limit is for what hangs: a machine that is busy with something else must not fail a test.
					testTimeout: 120_000,
					hookTimeout: 120_000,
					expect: { poll: { timeout: 60_000 } },
				},
			},
			{
				test: {
					name: 'webview',
					environment: 'jsdom',
					include: ['test/webview/**/*.test.tsx'],
					setupFiles: ['test/patience.ts', 'test/webview/setup.ts'],
					maxWorkers,
					testTimeout: 120_000,
					hookTimeout: 120_000,
					expect: { poll: { timeout: 60_000 } },
				},
				oxc: { jsx: { runtime: 'automatic' } },
			},
			{
				test: {
					name: 'e2e',
					environment: 'node',
					include: ['test/e2e/**/*.test.ts'],
					globalSetup: ['test/e2e/driver/globalSetup.ts'],
					// One workbench and one browser at a time: two cores cannot carry more, and timings stay honest.
					fileParallelism: false,
					// As above: a window that opens in three seconds takes thirty on a machine that is busy.
					testTimeout: 240_000,
					hookTimeout: 240_000,
				},
			},
		],
	},
});
