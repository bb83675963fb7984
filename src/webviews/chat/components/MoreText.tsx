import { useState, type ReactElement } from 'react';
import type { ItemId } from '../../../core/base/ids';
import { useCall, useHost } from '../host';
import { InlineError } from './InlineError';

const sliceLength = 50_000;

export interface MoreOfText {
	/** As much as there is on the page. */
	readonly text: string;
	readonly isWhole: boolean;
	/** Fetches the next slice. */
	readonly button: ReactElement | null;
}

/** The text of a row, with what is fetched behind it, a slice at a time. */
export function useMoreText(item: ItemId, begin: string, isCut: boolean): MoreOfText {
	const host = useHost();
	const call = useCall();
	const [more, setMore] = useState('');
	const [total, setTotal] = useState<number | null>(null);
	const have = begin.length + more.length;
	const isWhole = !isCut || (total !== null && have >= total);
	const fetchMore = (): void => {
		const slice = { conversation: host.conversation, item, part: 'text' as const, offset: have, length: sliceLength };
		void call.run(async () => {
			const result = await host.client.call('fullText', slice);
			setMore(before => before + result.text);
			setTotal(result.total);
		});
	};
	const button = isCut ? (
		<>
			{!isWhole && (
				<button type="button" className="text-button" disabled={call.isRunning} onClick={fetchMore}>
					Show more
				</button>
			)}
			<InlineError error={call.error} />
		</>
	) : null;
	return { text: isCut ? begin + more : begin, isWhole, button };
}

/** Fetches what was cut from a long message, a slice at a time, as plain text. */
export function MoreText({ item, begin }: { readonly item: ItemId; readonly begin: string }): ReactElement {
	const { text, button } = useMoreText(item, begin, true);
	const more = text.slice(begin.length);
	return (
		<>
			{more !== '' && (
				<div className="streaming" dir="auto">
					{more}
				</div>
			)}
			{button}
		</>
	);
}
