import { writeFileSync } from 'node:fs';

/** A card that works, for the scripted `nvidia-smi`: its use goes up and down as while a model answers. */
export function workGpu(file: string): () => void {
	const begun = Date.now();
	const tell = (): void => {
		const seconds = (Date.now() - begun) / 1000;
		const use = Math.round(58 + 30 * Math.sin(seconds / 7) + 8 * Math.sin(seconds * 1.7));
		const card = {
			uuid: 'GPU-9b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
			name: 'NVIDIA GeForce RTX 4090',
			'utilization.gpu': String(use),
			'memory.total': '24564',
			'memory.used': String(15_200 + use * 40),
			'temperature.gpu': String(52 + Math.round(use / 5)),
			'fan.speed': '38',
			'power.draw': (90 + use * 2.6).toFixed(2),
			'power.limit': '450.00',
			'clocks_throttle_reasons.active': '0x0000000000000000',
		};
		writeFileSync(file, JSON.stringify({ gpus: [card] }));
	};
	tell();
	const timer = setInterval(tell, 500);
	return () => clearInterval(timer);
}
