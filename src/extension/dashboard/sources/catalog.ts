import type { Source } from '../source';
import { costsSource } from './costs';
import { executionsSource } from './executions';
import { fileTailSource } from './fileTail';
import { hardwareSource } from './hardware';
import { processesSource } from './processes';
import { seriesSource } from './series';

/** Everything that tells topics or does what widgets ask for. */
export const sources: readonly Source[] = [
	hardwareSource,
	seriesSource,
	processesSource,
	costsSource,
	executionsSource,
	fileTailSource,
];
