import { useState, type ReactElement } from 'react';
import type { ItemId } from '../../../core/base/ids';
import { formatCount } from '../../shared/format';
import { useCall, useHost } from '../host';
import { InlineError } from './InlineError';

export interface CappedTextProps {
	readonly item: ItemId;
	readonly part: 'text' | 'input' | 'output';
	/** As much as came with the row. */
	readonly text: string;
	/** Length of the whole. */
	readonly total: number;
	readonly label: string;
}

const firstLines = 14;
const firstCharacters = 2_000;
const sliceLength = 50_000;
/** More than this is read in an editor, which is made for it. */
const pageLimit = 250_000;

function head(text: string): string {
	let end = -1;
	for (let line = 0; line < firstLines; line++) {
		end = text.indexOf('\n', end + 1);
		if (end < 0) return text.slice(0, firstCharacters);
	}
	return text.slice(0, Math.min(end, firstCharacters));
}

/** Plain text that shows its beginning, more on demand, and the whole in an editor. */
export function CappedText({ item, part, text, total, label }: CappedTextProps): ReactElement {
	const host = useHost();
	const call = useCall();
	const [isExpanded, setIsExpanded] = useState(false);
	const [fetched, setFetched] = useState('');
	const loaded = text + fetched;
	const whole = Math.max(total, loaded.length);
	const shown = isExpanded ? loaded : head(loaded);
	const canFetch = isExpanded && loaded.length < whole && loaded.length < pageLimit;
	const more = async (): Promise<void> => {
		if (!isExpanded) return setIsExpanded(true);
		const slice = { conversation: host.conversation, item, part, offset: loaded.length, length: sliceLength };
		await call.run(async () => {
			const result = await host.client.call('fullText', slice);
			setFetched(before => before + result.text);
		});
	};
	return (
		<div className="capped">
			<pre className="capped-text" dir="auto" tabIndex={0} aria-label={label}>
				{shown}
			</pre>
			{(shown.length < whole || isExpanded) && whole > head(loaded).length && (
				<div className="capped-actions">
					{(canFetch || !isExpanded) && (
						<button type="button" className="text-button" disabled={call.isRunning} onClick={() => void more()}>
							Show more ({formatCount(whole - shown.length)} characters)
						</button>
					)}
					{isExpanded && (
						<button type="button" className="text-button" onClick={() => setIsExpanded(false)}>
							Show less
						</button>
					)}
					{part !== 'text' && (
						<button
							type="button"
							className="text-button"
							onClick={() => void host.attempt('openInEditor', { conversation: host.conversation, item, part })}
						>
							Open in editor
						</button>
					)}
				</div>
			)}
			<InlineError error={call.error} />
		</div>
	);
}
