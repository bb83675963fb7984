import { statfs } from 'node:fs/promises';
import { arch, cpus, freemem, loadavg, platform, release, totalmem, type as systemType, uptime } from 'node:os';
import { argumentsSchema } from '../args';
import { ownTool } from '../own';
import type { BuiltInPorts } from '../ports';
import { textResult, type Tool } from '../tool';

/** `quarterdeck_system_info`: what kind of machine this is, and how busy. Nothing that says whose it is. */
export function systemInfoTool({ version, shell }: Pick<BuiltInPorts, 'version' | 'shell'>): Tool {
	return ownTool({
		name: 'quarterdeck_system_info',
		title: 'System information',
		description:
			'Tells the operating system, processor, memory, disk space of the working folder and load of this machine.',
		schema: argumentsSchema({}),
		run: async (_, { cwd }) => {
			const processors = cpus();
			const disk = await statfs(cwd).catch(() => null);
			const lines = [
				`System: ${systemType()} ${release()} (${platform()}, ${arch()})`,
				`Processor: ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores`,
				`Memory: ${gigabytes(freemem())} of ${gigabytes(totalmem())} free`,
				disk === null
					? 'Disk: unknown'
					: `Disk of the working folder: ${gigabytes(disk.bavail * disk.bsize)} of ${gigabytes(disk.blocks * disk.bsize)} free`,
				// Windows knows no load average and says 0.
				...(platform() === 'win32'
					? []
					: [
							`Load: ${loadavg()
								.map(load => load.toFixed(2))
								.join(', ')} (1, 5, 15 minutes)`,
						]),
				`Up for: ${(uptime() / 3600).toFixed(1)} hours`,
				`Shell of commands: ${shell ?? 'none found'}`,
				`Node ${process.versions.node}, Quarterdeck ${version}`,
			];
			return textResult(lines.join('\n'));
		},
	});
}

function gigabytes(bytes: number): string {
	return `${(bytes / 1e9).toFixed(1)} GB`;
}
