import type { MemoryPageContract } from '../../core/memory/memoryPage';

type Requests = MemoryPageContract['requests'];

/** Calls the host for a gesture of the user's; a failure is shown on the page. Says whether it worked. */
export type Attempt = <K extends keyof Requests>(name: K, params: Requests[K]['params']) => Promise<boolean>;
