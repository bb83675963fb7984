import { ofBytes, rate, size } from './gauge/values';
import type { GpuSample, MachineFacts, Sample } from './sample';

/** Facts and the latest look as Markdown, for a report of a problem. It names no user and no program. */
export function hardwareReport(
	facts: MachineFacts,
	sample: Sample | undefined,
	gpuProblem: string | undefined,
): string {
	const { hostname, remote, system, platform, cpu, cores, memory, memoryLimit, isContainer } = facts;
	const lines = [
		`- Machine: ${hostname}${remote === undefined ? '' : `, reached by ${remote}`}${isContainer ? ', in a container' : ''}`,
		`- System: ${system} (${platform})`,
		`- CPU: ${cpu}, ${cores} cores`,
		`- Memory: ${size(memory)}${memoryLimit === undefined ? '' : `, of which ${size(memoryLimit)} may be used`}`,
		...(gpuProblem === undefined ? [] : [`- NVIDIA: ${gpuProblem}`]),
	];
	if (sample) {
		lines.push('', `### ${new Date(sample.at).toISOString()}`, '', ...looked(sample));
	}
	return ['## Hardware', '', ...lines, ''].join('\n');
}

function looked({ cpu, memory, disks, network, gpus, battery }: Sample): readonly string[] {
	return [
		...told('CPU', [
			cpu.usage !== undefined && `${Math.round(cpu.usage)} %`,
			cpu.temperature !== undefined && `${Math.round(cpu.temperature)} °C`,
			cpu.load && `load ${cpu.load.join(' ')}`,
		]),
		...told('Memory', [
			ofBytes(memory.used, memory.total),
			memory.swap && `swap ${ofBytes(memory.swap.used, memory.swap.total)}`,
		]),
		...gpus.flatMap(gpu => told(`GPU ${gpu.index}`, gpuWords(gpu))),
		...disks.flatMap(disk => told(`Disk ${disk.mount}`, [`${size(disk.free)} free of ${size(disk.used + disk.free)}`])),
		...told('Network', [
			network?.receivedPerSecond !== undefined && `↓ ${rate(network.receivedPerSecond)}`,
			network?.sentPerSecond !== undefined && `↑ ${rate(network.sentPerSecond)}`,
		]),
		...told('Battery', [battery && `${Math.round(battery.percent)} %`]),
	];
}

function gpuWords(gpu: GpuSample): readonly (string | false | undefined)[] {
	const { name, usage, memoryUsed, memoryTotal, temperature, watts, throttled = [] } = gpu;
	return [
		`${name} (${gpu.vendor}${gpu.isMig ? ', MIG' : ''})`,
		usage !== undefined && `${Math.round(usage)} %`,
		memoryUsed !== undefined && memoryTotal !== undefined && ofBytes(memoryUsed, memoryTotal),
		temperature !== undefined && `${Math.round(temperature)} °C`,
		watts !== undefined && `${Math.round(watts)} W`,
		throttled.length > 0 && `slowed down: ${throttled.join(', ')}`,
	];
}

function told(name: string, words: readonly (string | false | undefined)[]): readonly string[] {
	const known = words.filter(word => typeof word === 'string');
	return known.length === 0 ? [] : [`- ${name}: ${known.join(', ')}`];
}
