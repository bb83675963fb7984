import type { GpuSample } from '../sample';

/** Fields of `nvidia-smi --query-gpu`, in the order they are asked for. An older one that refuses some goes on without. */
export const gpuFields = [
	'index',
	'uuid',
	'name',
	'count',
	'utilization.gpu',
	'memory.total',
	'memory.used',
	'temperature.gpu',
	'fan.speed',
	'power.draw',
	'power.limit',
	'clocks.current.graphics',
	'clocks.current.memory',
	'clocks_throttle_reasons.active',
	'pcie.link.gen.current',
	'pcie.link.width.current',
	'utilization.encoder',
	'mig.mode.current',
] as const;

/** The names that newer drivers give to fields; asked for where the old name is refused. */
const renamed: Readonly<Record<string, string>> = {
	'clocks_throttle_reasons.active': 'clocks_event_reasons.active',
};

/** What is left to ask after `nvidia-smi` refused a field; `undefined` where it names none of ours. */
export function withoutField(fields: readonly string[], refused: string): readonly string[] | undefined {
	// It repeats the field as we wrote it, or as it knows it.
	const name = fields.find(field => field === refused || field.startsWith(`${refused}.`));
	if (name === undefined) return undefined;
	const other = renamed[name];
	return fields.flatMap(field => (field === name ? (other === undefined ? [] : [other]) : [field]));
}

/** One card's line, or what the tool had to say instead. */
export type GpuLine =
	| { readonly kind: 'card'; readonly card: GpuSample; readonly count: number | undefined }
	| { readonly kind: 'refused'; readonly field: string }
	/** No card, no driver, a card that fell off: the tool's own sentence. */
	| { readonly kind: 'trouble'; readonly text: string }
	| { readonly kind: 'other' };

const mebibyte = 1024 ** 2;
const trouble =
	/NVIDIA-SMI has failed|Failed to initialize NVML|No devices were found|GPU is lost|Unable to determine the device handle|Unknown Error|Insufficient Permissions|No supported GPUs|couldn't communicate|couldn't find libnvidia-ml/i;

/** Why a card slows down, by the bits of its throttle reasons. Idling and settings of the user are no trouble. */
const throttleBits: readonly (readonly [bit: bigint, word: string])[] = [
	[0x4n, 'Power cap'],
	[0x8n, 'Hardware slowdown'],
	[0x20n, 'Thermal'],
	[0x40n, 'Thermal'],
	[0x80n, 'Power brake'],
];

/** Reads a line of `--format=csv,noheader,nounits`. */
export function parseGpuLine(line: string, fields: readonly string[]): GpuLine {
	const refused = /Field "([^"]+)" is not a valid field/.exec(line)?.[1];
	if (refused !== undefined) return { kind: 'refused', field: refused };
	// Columns stand behind a comma and a space: a comma alone is some languages' decimal point.
	const words = line.trim().split(', ');
	const at = (field: string): string | undefined => {
		const index = fields.indexOf(field);
		const word = index < 0 ? undefined : words[index]?.trim();
		// Brackets are how it says that there is no value: [N/A], [Not Supported], [Unknown Error].
		return word === undefined || word === '' || /^(\[.*\]|N\/A)$/.test(word) ? undefined : word;
	};
	if (words.length < fields.length || !/^\d+$/.test(words[0] ?? '')) {
		return trouble.test(line) ? { kind: 'trouble', text: line.trim() } : { kind: 'other' };
	}
	return { kind: 'card', card: cardOf(at), count: numberOf(at('count')) };
}

function cardOf(at: (field: string) => string | undefined): GpuSample {
	const index = numberOf(at('index')) ?? 0;
	const number = (field: string, unit = 1): number | undefined => {
		const value = numberOf(at(field));
		return value === undefined ? undefined : value * unit;
	};
	const [generation, width] = [number('pcie.link.gen.current'), number('pcie.link.width.current')];
	const isMig = at('mig.mode.current') === 'Enabled';
	const values = {
		id: at('uuid') ?? `nvidia ${index}`,
		index,
		name: (at('name') ?? 'NVIDIA GPU').replace(/^NVIDIA (?=\S)/, ''),
		vendor: 'nvidia' as const,
		usage: percent(number('utilization.gpu')),
		memoryTotal: number('memory.total', mebibyte),
		memoryUsed: number('memory.used', mebibyte),
		temperature: number('temperature.gpu'),
		fan: number('fan.speed'),
		watts: number('power.draw'),
		wattsLimit: number('power.limit'),
		coreMegahertz: number('clocks.current.graphics'),
		memoryMegahertz: number('clocks.current.memory'),
		throttled: throttleReasons(at('clocks_throttle_reasons.active') ?? at('clocks_event_reasons.active')),
		pcie:
			generation === undefined && width === undefined
				? undefined
				: { ...(generation !== undefined && { generation }), ...(width !== undefined && { width }) },
		encoder: percent(number('utilization.encoder')),
		isMig: isMig || undefined,
	};
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as unknown as GpuSample;
}

/** `42.17`, or `42,17` where the system's language writes it so. */
function numberOf(word: string | undefined): number | undefined {
	const value = word !== undefined && /^-?\d+([.,]\d+)?$/.test(word) ? Number(word.replace(',', '.')) : undefined;
	return value;
}

/** A load that cannot be is none: some drivers say 4294967295 for "not now". */
function percent(value: number | undefined): number | undefined {
	return value === undefined || value > 100 || value < 0 ? undefined : value;
}

function throttleReasons(word: string | undefined): readonly string[] | undefined {
	if (word === undefined || !/^0x[0-9a-f]+$/i.test(word)) return undefined;
	const bits = BigInt(word);
	return [...new Set(throttleBits.filter(([bit]) => (bits & bit) !== 0n).map(([, text]) => text))];
}

/** Reads a line of `--query-compute-apps=pid,gpu_uuid,used_memory`. */
export function parseAppLine(
	line: string,
): { readonly pid: number; readonly gpu: string; readonly memory: number } | undefined {
	const [pid = '', gpu = '', memory = ''] = line.trim().split(', ');
	const mebibytes = numberOf(memory);
	return /^\d+$/.test(pid) && mebibytes !== undefined
		? { pid: Number(pid), gpu, memory: mebibytes * mebibyte }
		: undefined;
}
