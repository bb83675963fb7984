import { runWatchdog } from '../core/process/watchdog';

// A process of its own, not a thread: it must outlive the host that started it. See `runWatchdog`.
await runWatchdog(process.stdin);
