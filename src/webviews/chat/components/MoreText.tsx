import { useState, type ReactElement } from 'react';
import type { ItemId } from '../../../core/base/ids';
import { useCall, useHost } from '../host';
import { InlineError } from './InlineError';

const sliceLength = 50_000;

/** Fetches what was cut from a long message, a slice at a time, as plain text. */
export function MoreText({ item, loaded }: { readonly item: ItemId; readonly loaded: number }): ReactElement | null {
	const host = useHost();
	const call = useCall();
	const [text, setText] = useState('');
	const [total, setTotal] = useState<number | null>(null);
	const have = loaded + text.length;
	const more = (): void => {
		const slice = { conversation: host.conversation, item, part: 'text' as const, offset: have, length: sliceLength };
		void call.run(async () => {
			const result = await host.client.call('fullText', slice);
			setText(before => before + result.text);
			setTotal(result.total);
		});
	};
	return (
		<>
			{text !== '' && (
				<div className="streaming" dir="auto">
					{text}
				</div>
			)}
			{(total === null || have < total) && (
				<button type="button" className="text-button" disabled={call.isRunning} onClick={more}>
					Show more
				</button>
			)}
			<InlineError error={call.error} />
		</>
	);
}
