import { escapeMarkdown } from '../../ledger/views/viewNode';
import type { GpuSample, MachineFacts, Sample } from '../sample';
import { diskFill, ofBytes, rate, size } from './values';

export interface HoverParts {
	readonly sample: Sample;
	readonly facts: MachineFacts | undefined;
	/** What is over its threshold. */
	readonly causes: readonly string[];
	/** Why the driver tells of no card. */
	readonly gpuProblem: string | undefined;
}

const barLength = 6;
/** A server with many disks would fill the screen. */
const mostDisks = 6;

/** The gauge's hover, as Markdown: a table with small bars for what computes, then disks and network. */
export function gaugeHover({ sample, facts, causes, gpuProblem }: HoverParts): string {
	const parts = [
		facts && headline(facts),
		...causes.map(cause => `$(warning) **${escapeMarkdown(cause)}**`),
		gpuProblem !== undefined && `$(warning) NVIDIA: ${escapeMarkdown(gpuProblem)}`,
		computing(sample),
		storing(sample),
		rest(sample),
	];
	return parts.filter(part => typeof part === 'string' && part !== '').join('\n\n');
}

function headline({ hostname, system, remote, isContainer, memoryLimit }: MachineFacts): string {
	const place = remote ?? (isContainer ? 'container' : 'this machine');
	const limit = memoryLimit === undefined ? '' : ` · limited to ${size(memoryLimit)} of memory`;
	return `**${escapeMarkdown(hostname)}** · ${escapeMarkdown(`${place} · ${system}${limit}`)}`;
}

function computing(sample: Sample): string {
	const { cpu, memory } = sample;
	const rows = sample.gpus.filter(gpu => gpu.usage !== undefined || gpu.memoryUsed !== undefined).map(gpuRow);
	const hottest = cpu.temperature === undefined ? '' : `${Math.round(cpu.temperature)} °C`;
	const power = cpu.megahertz === undefined ? '' : `${(cpu.megahertz / 1000).toFixed(1)} GHz`;
	rows.push(
		row(
			`CPU · ${cpu.cores} ${cpu.cores === 1 ? 'core' : 'cores'}`,
			withBar(cpu.usage, percent(cpu.usage)),
			withBar(percentOf(memory.used, memory.total), ofBytes(memory.used, memory.total)),
			hottest,
			power,
		),
	);
	const { swap } = memory;
	if (swap)
		rows.push(row('Swap', '', withBar(percentOf(swap.used, swap.total), ofBytes(swap.used, swap.total)), '', ''));
	return ['| | Use | Memory | | |', '| :-- | :-- | :-- | --: | --: |', ...rows].join('\n');
}

function gpuRow(gpu: GpuSample): string {
	const { memoryUsed, memoryTotal, watts, wattsLimit, temperature, throttled = [] } = gpu;
	const memory =
		memoryUsed === undefined || memoryTotal === undefined
			? ''
			: withBar(percentOf(memoryUsed, memoryTotal), ofBytes(memoryUsed, memoryTotal));
	const power =
		watts === undefined ? '' : `${Math.round(watts)}${wattsLimit === undefined ? '' : `/${Math.round(wattsLimit)}`} W`;
	const slow = throttled.length > 0 ? ` $(warning) ${throttled.join(', ')}` : '';
	const heat = temperature === undefined ? '' : `${Math.round(temperature)} °C`;
	return row(
		`GPU ${gpu.index} · ${escapeMarkdown(gpu.name)}${gpu.isMig ? ' (MIG)' : ''}`,
		withBar(gpu.usage, percent(gpu.usage)),
		memory,
		`${heat}${slow}`,
		power,
	);
}

function storing({ disks }: Sample): string {
	if (disks.length === 0) return '';
	const fullest = disks.toSorted((left, right) => diskFill(right) - diskFill(left)).slice(0, mostDisks);
	const rows = fullest.map(disk => {
		const { mount, free, readPerSecond, writtenPerSecond } = disk;
		const flow = [
			readPerSecond !== undefined && `read ${rate(readPerSecond)}`,
			writtenPerSecond !== undefined && `write ${rate(writtenPerSecond)}`,
		].filter(word => typeof word === 'string');
		const space = withBar(diskFill(disk), `${percent(diskFill(disk))} · ${size(free)} free`);
		return row(escapeMarkdown(mount), space, flow.join(' · '));
	});
	return ['| Disk | | |', '| :-- | :-- | :-- |', ...rows].join('\n');
}

function rest({ network, battery, cpu }: Sample): string {
	const words = [
		network?.receivedPerSecond !== undefined && `↓ ${rate(network.receivedPerSecond)}`,
		network?.sentPerSecond !== undefined && `↑ ${rate(network.sentPerSecond)}`,
		cpu.load && `load ${cpu.load.map(value => value.toFixed(2)).join(' ')}`,
		battery && `battery ${Math.round(battery.percent)} %${battery.isCharging ? ', charging' : ''}`,
	];
	return words.filter(word => typeof word === 'string').join(' · ');
}

function row(...cells: readonly string[]): string {
	const [name = '', ...told] = cells;
	// A hover is narrow: names may break, numbers may not.
	return `| ${[name, ...told.map(cell => cell.replaceAll(' ', '\u00A0'))].join(' | ')} |`;
}

function withBar(value: number | undefined, text: string): string {
	return value === undefined ? text : `\`${bar(value)}\` ${text}`;
}

/** Cells of a font whose letters are all of one width. */
export function bar(value: number): string {
	const full = Math.round((Math.min(100, Math.max(0, value)) / 100) * barLength);
	return '█'.repeat(full) + '░'.repeat(barLength - full);
}

function percent(value: number | undefined): string {
	return value === undefined ? '' : `${Math.round(value)} %`;
}

function percentOf(part: number, whole: number): number | undefined {
	return whole > 0 ? (part / whole) * 100 : undefined;
}
