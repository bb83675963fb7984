import { FileCache } from '../../core/flow/engine/fileCache';
import type { CommandSpec } from '../command';
import { exitCodes } from '../exitCodes';
import { placeOptions, placesOf } from '../places';
import { cacheFolder } from '../world';

const { ledger, runs } = placeOptions;

export const clearCacheCommand: CommandSpec = {
	name: 'clear-cache',
	usage: '[options]',
	summary: 'Forgets the results of nodes that later runs would take',
	about: 'Deletes the results that nodes gave for the same inputs before, so that every node runs again.',
	options: { ...(ledger ? { ledger } : {}), ...(runs ? { runs } : {}) },
	takes: [0, 0],
	async run(given, io) {
		const cache = await FileCache.open({ folder: cacheFolder(placesOf(given, io)) });
		const { size } = cache;
		await cache.clear();
		io.err(size === 1 ? '1 result is forgotten\n' : `${size} results are forgotten\n`);
		return exitCodes.ok;
	},
};
