import type { Frame } from 'playwright-core';

/** A file as another program hands it over. */
export interface HandedFile {
	readonly name: string;
	readonly type: string;
	readonly bytes: Uint8Array;
}

/** Drops files on the box in which a message is written, or pastes them into it. */
export async function handOver(frame: Frame, how: 'drop' | 'paste', files: readonly HandedFile[]): Promise<void> {
	const packed = files.map(({ name, type, bytes }) => ({ name, type, data: Buffer.from(bytes).toString('base64') }));
	await frame.locator('textarea').first().waitFor();
	await frame.evaluate(
		({ all, event }) => {
			const data = new DataTransfer();
			for (const { name, type, data: text } of all)
				data.items.add(new File([Uint8Array.from(atob(text), letter => letter.codePointAt(0) ?? 0)], name, { type }));
			const box = document.querySelector('textarea');
			const rest = { bubbles: true, cancelable: true };
			box?.dispatchEvent(
				event === 'drop'
					? new DragEvent('drop', { ...rest, dataTransfer: data })
					: new ClipboardEvent('paste', { ...rest, clipboardData: data }),
			);
		},
		{ all: packed, event: how },
	);
}
