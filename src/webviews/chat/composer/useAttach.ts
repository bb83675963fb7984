import { useState, type ClipboardEvent, type DragEvent } from 'react';
import { useHost } from '../host';
import { draggedUris, readFiles } from './files';
import type { Reading } from './useReading';

export interface Attach {
	/** Something is being dragged over the composer. */
	readonly isOver: boolean;
	readonly dropProps: {
		readonly onDragOver: (event: DragEvent) => void;
		readonly onDragLeave: (event: DragEvent) => void;
		readonly onDrop: (event: DragEvent) => void;
	};
	readonly onPaste: (event: ClipboardEvent) => void;
}

/** Pasted and dropped pictures and files. What cannot be attached is said above the composer. */
export function useAttach(reading: Pick<Reading, 'follow'>): Attach {
	const { attempt, dispatch } = useHost();
	const [isOver, setIsOver] = useState(false);
	const refuse = (sentences: readonly string[]): void => {
		for (const text of sentences) dispatch({ type: 'failed', text, actions: [] });
	};
	const attachFiles = async (files: readonly File[]): Promise<boolean> => {
		const { attachments, refused } = await readFiles(
			files,
			async (name, bytes) => (await attempt('attachData', { name, bytes }, Infinity)) ?? null,
		);
		dispatch({ type: 'attach', attachments });
		refuse(refused);
		return refused.length === 0;
	};
	const attachUris = async (uris: readonly string[]): Promise<boolean> => {
		const result = await attempt('attachUris', { uris });
		if (!result) return false;
		dispatch({ type: 'attach', attachments: result.attachments });
		refuse(result.refused);
		return result.refused.length === 0;
	};
	return {
		isOver,
		dropProps: {
			onDragOver: event => {
				event.preventDefault();
				setIsOver(true);
			},
			onDragLeave: event => {
				if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false);
			},
			onDrop: event => {
				event.preventDefault();
				setIsOver(false);
				const uris = draggedUris(event.dataTransfer);
				const files = [...event.dataTransfer.files];
				if (uris.length > 0) void reading.follow(attachUris(uris));
				else if (files.length > 0) void reading.follow(attachFiles(files));
			},
		},
		onPaste: event => {
			const files = [...event.clipboardData.files];
			if (files.length === 0) return;
			event.preventDefault();
			void reading.follow(attachFiles(files));
		},
	};
}
