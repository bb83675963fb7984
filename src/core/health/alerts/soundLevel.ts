import { severities } from '../../ledger/machineEvents';

/** From which severity on alerts sound. */
export const soundLevels = ['off', ...severities] as const;
export type SoundLevel = (typeof soundLevels)[number];
