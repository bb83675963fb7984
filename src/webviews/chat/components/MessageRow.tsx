import { useState, type ReactElement } from 'react';
import { answerTextLimit, type TextItem } from '../../../core/chat/items';
import { Markdown } from '../../shared/components/Markdown';
import { BlockCutter, openFence } from '../blocks';
import { useHost } from '../host';
import { useMoreText } from './MoreText';

/**
 * An answer: finished blocks are Markdown, parsed once; what still streams is plain text. Of a very long one the rest is
 * fetched on demand; a block that the cut goes through has no actions until it is whole, since they would act on a part.
 */
export function MessageRow({ item }: { readonly item: TextItem }): ReactElement {
	const { markdown } = useHost();
	const [cutter] = useState(() => new BlockCutter());
	const { text, isWhole, button } = useMoreText(
		item.id,
		item.text,
		!item.isStreaming && item.text.length >= answerTextLimit,
	);
	const blocks = cutter.cut(text);
	return (
		<div className="message">
			{blocks.done.map((block, index) => (
				<Markdown key={index} text={block} actions={markdown} />
			))}
			{blocks.tail !== '' &&
				(item.isStreaming || !isWhole ? (
					<StreamingTail tail={blocks.tail} />
				) : (
					<Markdown text={blocks.tail} actions={markdown} />
				))}
			{button}
		</div>
	);
}

function StreamingTail({ tail }: { readonly tail: string }): ReactElement {
	const code = openFence(tail);
	if (!code) {
		return (
			<div className="streaming" dir="auto">
				{tail.replace(/^\n+/, '')}
			</div>
		);
	}
	return (
		<div className="code-block">
			<div className="code-block-bar">
				<span className="code-block-language">{code.language || 'text'}</span>
			</div>
			<pre className="code" dir="ltr">
				{code.code}
			</pre>
		</div>
	);
}
