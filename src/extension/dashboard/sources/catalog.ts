import type { Source } from '../source';
import { hardwareSource } from './hardware';

/** Everything that tells topics or does what widgets ask for. */
export const sources: readonly Source[] = [hardwareSource];
