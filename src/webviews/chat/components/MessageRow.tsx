import { useState, type ReactElement } from 'react';
import { rowTextLimit, type TextItem } from '../../../core/chat/items';
import { Markdown } from '../../shared/components/Markdown';
import { BlockCutter, openFence } from '../blocks';
import { useHost } from '../host';
import { MoreText } from './MoreText';

/** An answer: finished blocks are Markdown, parsed once; what still streams is plain text. */
export function MessageRow({ item }: { readonly item: TextItem }): ReactElement {
	const { markdown } = useHost();
	const [cutter] = useState(() => new BlockCutter());
	const blocks = cutter.cut(item.text);
	return (
		<div className="message">
			{blocks.done.map((block, index) => (
				<Markdown key={index} text={block} actions={markdown} />
			))}
			{blocks.tail !== '' &&
				(item.isStreaming ? <StreamingTail tail={blocks.tail} /> : <Markdown text={blocks.tail} actions={markdown} />)}
			{!item.isStreaming && item.text.length >= rowTextLimit && <MoreText item={item.id} loaded={item.text.length} />}
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
