import type { ServiceView } from '../../health/health';
import type { Alert } from '../../ledger/machineEvents';
import { defineTopic, noParams } from '../topic';

/** Every service that is watched. */
export const servicesTopic = defineTopic<null, readonly ServiceView[]>({ name: 'services', read: noParams });

/** Alerts that are not resolved, the most severe first. */
export const alertsTopic = defineTopic<null, readonly Alert[]>({ name: 'alerts', read: noParams });
