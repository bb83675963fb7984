import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const paletteSize = 64;

interface Pixels {
	readonly width: number;
	readonly height: number;
	/** One number a pixel, `0xRRGGBB`. */
	readonly colors: Uint32Array;
}

interface Box {
	readonly colors: readonly number[];
	readonly weight: number;
	readonly channel: number;
}

/** Rewrites a browser's screenshot with a palette of at most 64 colours: a fourth of its size, and no different to the eye. */
export function toPalettePng(png: Buffer): Buffer {
	const { width, height, colors } = decode(png);
	const counts = new Map<number, number>();
	for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
	const palette = paletteOf(counts);
	const indexes = new Map([...counts.keys()].map(color => [color, nearest(color, palette)]));
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indexes.get(colors[y * width + x] ?? 0) ?? 0;
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 3, 0, 0, 0], 8);
	const table = Buffer.from(palette.flatMap(color => [16, 8, 0].map(shift => (color >> shift) & 255)));
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('PLTE', table),
		chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function chunk(type: string, data: Buffer): Buffer {
	const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	check.writeUInt32BE(crc32(named));
	return Buffer.concat([length, named, check]);
}

/** Reads what a browser writes: 8 bits a channel, with or without alpha, not interlaced. */
function decode(png: Buffer): Pixels {
	const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
	const [depth, kind, , , interlace] = png.subarray(24, 29);
	if (depth !== 8 || (kind !== 2 && kind !== 6) || interlace !== 0) throw new Error('Not the PNG of a browser');
	const size = kind === 6 ? 4 : 3;
	const parts: Buffer[] = [];
	for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
		if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
			parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
	const bytes = unfilter(inflateSync(Buffer.concat(parts)), width * size, height, size);
	const colors = new Uint32Array(width * height);
	for (let at = 0; at < colors.length; at++)
		colors[at] = ((bytes[at * size] ?? 0) << 16) | ((bytes[at * size + 1] ?? 0) << 8) | (bytes[at * size + 2] ?? 0);
	return { width, height, colors };
}

/** Takes back the prediction that each row was written with. */
function unfilter(data: Buffer, stride: number, height: number, size: number): Buffer {
	const out = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++) {
		const filter = data[y * (stride + 1)];
		for (let x = 0; x < stride; x++) {
			const at = y * stride + x;
			const left = x < size ? 0 : (out[at - size] ?? 0);
			const up = y === 0 ? 0 : (out[at - stride] ?? 0);
			const corner = x < size || y === 0 ? 0 : (out[at - stride - size] ?? 0);
			const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
			out[at] = (data[y * (stride + 1) + 1 + x] ?? 0) + (guesses[filter ?? 0] ?? 0);
		}
	}
	return out;
}

function paeth(left: number, up: number, corner: number): number {
	const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
	if (a <= b && a <= c) return left;
	return b <= c ? up : corner;
}

/** The colours themselves where they are few, else the middles of boxes cut until there are enough (median cut). */
function paletteOf(counts: ReadonlyMap<number, number>): readonly number[] {
	const boxes = [boxOf([...counts.keys()], counts)];
	while (boxes.length < paletteSize) {
		const worst = boxes.reduce((found, box, at) => (box.weight > (boxes[found]?.weight ?? 0) ? at : found), 0);
		const box = boxes[worst];
		if (!box || box.weight === 0) break;
		const sorted = [...box.colors].sort((left, right) => part(left, box.channel) - part(right, box.channel));
		const half = sorted.length >> 1;
		boxes.splice(worst, 1, boxOf(sorted.slice(0, half), counts), boxOf(sorted.slice(half), counts));
	}
	return boxes.map(box => middle(box.colors, counts));
}

/** A box weighs by how far its colours spread; how often they occur counts less, so that a small badge keeps its colour. */
function boxOf(colors: readonly number[], counts: ReadonlyMap<number, number>): Box {
	const spreads = [16, 8, 0].map(channel => {
		const values = colors.map(color => part(color, channel));
		return {
			channel,
			spread: values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), 255),
		};
	});
	const { channel, spread } = spreads.reduce((a, b) => (b.spread > a.spread ? b : a));
	const count = colors.reduce((sum, color) => sum + (counts.get(color) ?? 0), 0);
	return { colors, channel, weight: spread ** 2 * count ** 0.3 };
}

function middle(colors: readonly number[], counts: ReadonlyMap<number, number>): number {
	// The commonest one: large areas keep their exact colour, and cuts between them cannot be seen.
	return colors.reduce((a, b) => ((counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? b : a));
}

function nearest(color: number, palette: readonly number[]): number {
	let [best, least] = [0, Infinity];
	for (const [at, other] of palette.entries()) {
		const distance = [16, 8, 0].reduce((sum, shift) => sum + (part(color, shift) - part(other, shift)) ** 2, 0);
		if (distance < least) [best, least] = [at, distance];
	}
	return best;
}

function part(color: number, shift: number): number {
	return (color >> shift) & 255;
}
