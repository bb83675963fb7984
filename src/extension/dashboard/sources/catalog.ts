import type { Source } from '../source';
import { costsSource } from './costs';
import { executionsSource } from './executions';
import { feedSource } from './feed';
import { fileTailSource } from './fileTail';
import { flowsSource } from './flows';
import { hardwareSource } from './hardware';
import { processesSource } from './processes';
import { quickChatSource } from './quickChat';
import { seriesSource } from './series';
import { serversSource } from './servers';
import { servicesSource } from './services';

/** Everything that tells topics or does what widgets ask for. */
export const sources: readonly Source[] = [
	hardwareSource,
	seriesSource,
	processesSource,
	costsSource,
	executionsSource,
	fileTailSource,
	servicesSource,
	serversSource,
	flowsSource,
	quickChatSource,
	feedSource,
];
