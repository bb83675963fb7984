import type { PolicyContract } from '../../core/safety/policyProtocol';

type Requests = PolicyContract['requests'];

/** Calls the host for a gesture of the user's; a failure is shown on the page. */
export type Attempt = <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<void>;
