/** Longer sides are scaled down by the models themselves, so nothing is lost by doing it here. */
const longestSide = 2000;
const quality = 0.85;

/**
 * A smaller copy of a picture, through a canvas: at most 2000 pixels long, as JPEG where its own format would still be
 * too large. `null` where the browser cannot read it or no copy is small enough.
 */
export async function shrinkImage(file: Blob, mostBytes: number): Promise<Blob | null> {
	// A moving picture would become its first frame.
	if (file.type === 'image/gif' || typeof createImageBitmap !== 'function') return null;
	try {
		const bitmap = await createImageBitmap(file);
		try {
			const copy = draw(bitmap);
			for (const type of [file.type, 'image/jpeg']) {
				const blob = await copy.convertToBlob({ type, quality });
				if (blob.type === type && blob.size <= mostBytes) return blob;
			}
		} finally {
			bitmap.close();
		}
	} catch {
		// Not a picture after all, or more pixels than the browser holds: the caller says that it is too large.
	}
	return null;
}

function draw(bitmap: ImageBitmap): OffscreenCanvas {
	const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
	const canvas = new OffscreenCanvas(
		Math.max(1, Math.round(bitmap.width * scale)),
		Math.max(1, Math.round(bitmap.height * scale)),
	);
	const context = canvas.getContext('2d');
	if (!context) throw new Error('The browser has no canvas');
	// JPEG has no transparency: what is clear becomes white, not black.
	context.fillStyle = '#fff';
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
	return canvas;
}
