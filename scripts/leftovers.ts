// Says what is still alive of the run whose id is given, and fails when anything is.
import { leftovers } from './lib/processes.ts';

const id = process.argv[2];
if (id === undefined || id === '') throw new Error('Name the run: node scripts/leftovers.ts ID');
const alive = await leftovers(id, 5000);
for (const item of alive)
	console.log(`Left running: ${item.pid} (parent ${item.parent}) ${item.command.slice(0, 200)}`);
process.exitCode = alive.length > 0 ? 1 : 0;
