import { useEffect, useState, type ReactElement } from 'react';
import type { ItemId } from '../../../core/base/ids';
import type { RestorePreview } from '../../../core/chat/protocol';
import { Button } from '../../shared/components/toolkit';
import { plural } from '../../shared/format';
import { useCall, useHost } from '../host';
import { relativePath } from '../tools/describe';
import { InlineError } from './InlineError';

/** Says what going back would change, and changes it only after a yes. */
export function RestoreFiles({ item, onClose }: { readonly item: ItemId; readonly onClose: () => void }): ReactElement {
	const { client, conversation } = useHost();
	const call = useCall();
	const { run } = call;
	const [preview, setPreview] = useState<RestorePreview | null>(null);
	const [isDone, setIsDone] = useState(false);
	useEffect(() => {
		void run(async () => setPreview(await client.call('restoreFiles', { conversation, item, isDryRun: true })));
	}, [client, conversation, item, run]);
	const restore = (): void => {
		void run(async () => {
			const result = await client.call('restoreFiles', { conversation, item, isDryRun: false });
			setPreview(result);
			setIsDone(result.canRestore);
		});
	};
	return (
		<div className="inline-card" role="group" aria-label="Restore files to here">
			{preview === null && call.isRunning && <p>Looking at what would change…</p>}
			{preview !== null && <RestoreText preview={preview} isDone={isDone} />}
			<InlineError error={call.error} />
			<div className="button-row">
				{preview?.canRestore && !isDone && preview.files.length > 0 && (
					<Button appearance="primary" isDisabled={call.isRunning} onClick={restore}>
						Restore {plural(preview.files.length, 'file')}
					</Button>
				)}
				<Button onClick={onClose}>{isDone ? 'Close' : 'Cancel'}</Button>
			</div>
		</div>
	);
}

function RestoreText({
	preview,
	isDone,
}: {
	readonly preview: RestorePreview;
	readonly isDone: boolean;
}): ReactElement {
	const { root } = useHost();
	if (!preview.canRestore) return <p>These files cannot be restored: {preview.reason ?? 'no reason was given'}.</p>;
	if (preview.files.length === 0) return <p>No file was changed by tools since this message.</p>;
	return (
		<>
			<p>
				{isDone ? 'Restored' : 'Puts back'} {plural(preview.files.length, 'file')} as before this message (
				{preview.insertions} lines
				{' added, '}
				{preview.deletions} removed). The conversation stays.
			</p>
			<ul className="file-list">
				{preview.files.map(file => (
					<li key={file} title={file}>
						{relativePath(file, root)}
					</li>
				))}
			</ul>
		</>
	);
}
