/** Samples a second: tones below 1 kHz need no more. */
const rate = 8_000;
const seconds = 0.45;
/** Two soft tones, a fifth apart, the second while the first fades. */
const tones = [
	{ hertz: 587.33, from: 0, loudness: 0.2 },
	{ hertz: 880, from: 0.13, loudness: 0.2 },
];
const fadeIn = 0.012;
const fadeOut = 0.08;
const halfLife = 0.06;

/** The sound of an alert as a WAV file: mono, 16 bits. */
export function alertWave(): Buffer {
	const count = Math.round(rate * seconds);
	const data = Buffer.alloc(count * 2);
	for (let index = 0; index < count; index++) {
		const at = index / rate;
		const value = tones.reduce((sum, tone) => sum + toneAt(tone, at), 0) * Math.min(1, (seconds - at) / fadeOut);
		data.writeInt16LE(Math.round(value * 32_767), index * 2);
	}
	return Buffer.concat([headerOf(data.length), data]);
}

function toneAt({ hertz, from, loudness }: (typeof tones)[number], at: number): number {
	const since = at - from;
	if (since < 0) return 0;
	return loudness * Math.min(1, since / fadeIn) * 0.5 ** (since / halfLife) * Math.sin(2 * Math.PI * hertz * since);
}

function headerOf(length: number): Buffer {
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + length, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	// Plain samples, one channel.
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(rate, 24);
	header.writeUInt32LE(rate * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(length, 40);
	return header;
}
