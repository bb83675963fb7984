/** One look at the machine. What a source cannot tell is absent, never 0. Bytes are bytes, rates are per second. */
export interface Sample {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly cpu: CpuSample;
	readonly memory: MemorySample;
	readonly disks: readonly DiskSample[];
	readonly network?: NetworkSample;
	readonly gpus: readonly GpuSample[];
	readonly battery?: BatterySample;
	/** Processes worth naming, the greatest users first; looked at more rarely than the rest. */
	readonly processes?: readonly ProcessSample[];
}

export interface CpuSample {
	/** Percent of all cores, 0 to 100; absent at the first look, which has nothing to compare with. */
	readonly usage?: number;
	readonly perCore?: readonly number[];
	readonly cores: number;
	readonly megahertz?: number;
	/** Degrees Celsius. */
	readonly temperature?: number;
	/** Load averages of 1, 5 and 15 minutes, where the system has them. */
	readonly load?: readonly [number, number, number];
}

export interface MemorySample {
	readonly total: number;
	/** What programs could still get: caches count as available. */
	readonly available: number;
	readonly used: number;
	readonly swap?: { readonly total: number; readonly used: number };
}

export interface DiskSample {
	readonly mount: string;
	readonly device?: string;
	readonly type?: string;
	readonly total: number;
	readonly free: number;
	readonly used: number;
	readonly readPerSecond?: number;
	readonly writtenPerSecond?: number;
}

export interface NetworkSample {
	readonly receivedPerSecond?: number;
	readonly sentPerSecond?: number;
	readonly received: number;
	readonly sent: number;
	readonly packetsReceived?: number;
	readonly packetsSent?: number;
}

export interface GpuSample {
	/** Stable for as long as the machine runs: the card's UUID or its bus address. */
	readonly id: string;
	readonly index: number;
	readonly name: string;
	readonly vendor: 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';
	/** Percent, 0 to 100. */
	readonly usage?: number;
	readonly memoryTotal?: number;
	readonly memoryUsed?: number;
	/** Degrees Celsius. */
	readonly temperature?: number;
	/** Percent. */
	readonly fan?: number;
	readonly watts?: number;
	readonly wattsLimit?: number;
	readonly coreMegahertz?: number;
	readonly memoryMegahertz?: number;
	/** Why the card runs slower than it could, in words of the field ("Thermal", "Power cap"); empty when it does not. */
	readonly throttled?: readonly string[];
	readonly pcie?: { readonly generation?: number; readonly width?: number };
	/** Percent of the video encoder. */
	readonly encoder?: number;
	/** The card is cut into MIG instances, whose use the driver may not tell. */
	readonly isMig?: boolean;
}

export interface BatterySample {
	/** 0 to 100. */
	readonly percent: number;
	readonly isCharging: boolean;
	readonly minutesLeft?: number;
}

export interface ProcessSample {
	readonly pid: number;
	readonly parent?: number;
	readonly name: string;
	/** The command line, without what looks like a secret; at most 200 characters. */
	readonly command?: string;
	/** Percent of one core: may be above 100. */
	readonly cpu?: number;
	/** Resident bytes. */
	readonly memory: number;
	readonly gpuMemory?: number;
	readonly status?: string;
	/** It runs models or agents: Ollama, a Claude CLI, Python with a model, our own workers. */
	readonly isAi: boolean;
	/** Started by this window: only those may be ended without being asked about twice. */
	readonly isOurs: boolean;
	/** What tells it from a later process of the same number: its start, as the system counts it. */
	readonly startedAt?: number;
}

/** Facts about the machine that do not change while it runs. */
export interface MachineFacts {
	/** The machine that is sampled, which in a remote window is not the one the user sits at. */
	readonly hostname: string;
	readonly platform: NodeJS.Platform;
	/** "Debian GNU/Linux 12", "Windows 11 Pro", "macOS 15.1". */
	readonly system: string;
	readonly cpu: string;
	readonly cores: number;
	/** Bytes that the machine has. */
	readonly memory: number;
	/** Bytes that this container or service may use, where that is less; samples count by it. */
	readonly memoryLimit?: number;
	/** Looked at from inside a container, whose kernel also serves others. */
	readonly isContainer: boolean;
	/** "Remote-SSH", "WSL", "Dev Container", "Codespaces"; absent on the user's own machine. */
	readonly remote?: string;
}
