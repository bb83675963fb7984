import { useState, type ReactElement } from 'react';
import type { ContentBlock, ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { CopyButton } from '../shared/components/CodeBlock';
import { IconButton } from '../shared/components/IconButton';
import { formatBytes } from '../shared/format';
import { pretty } from './format';
import { useHost } from './host';

/** What the page draws of a text at once; the rest is opened in an editor. */
const longest = 20_000;
const drawable = /^image\/(?:png|jpeg|gif|webp|avif|bmp)$/;

/** One part of an answer. It is data: nothing in it is followed, and no address in it is loaded. */
export function Content({ part }: { readonly part: ContentBlock }): ReactElement {
	switch (part.type) {
		case 'text':
			return <TextBlock label="Text" text={part.text} />;
		case 'image':
			return <Picture mimeType={part.mimeType} data={part.data} />;
		case 'audio':
			return (
				<p className="muted">
					Sound ({part.mimeType}, {formatBytes(sizeOf(part.data))}); pages cannot play it.
				</p>
			);
		case 'resource_link':
			return (
				<p className="mono">
					{part.name}: {part.uri}
				</p>
			);
		case 'resource':
			return <ResourceContent part={part.resource} />;
		default:
			return <JsonBlock label="Of a kind that is not known here" value={part} />;
	}
}

/** The contents of a resource. */
export function ResourceContent({ part }: { readonly part: ReadResourceResult['contents'][number] }): ReactElement {
	const kind = part.mimeType ?? '';
	if ('text' in part) return <TextBlock label={kind === '' ? part.uri : `${part.uri} (${kind})`} text={part.text} />;
	if (drawable.test(kind)) return <Picture mimeType={kind} data={part.blob} />;
	return (
		<p className="muted">
			{part.uri}: {formatBytes(sizeOf(part.blob))} of {kind === '' ? 'unknown kind' : kind}
		</p>
	);
}

function Picture({ mimeType, data }: { readonly mimeType: string; readonly data: string }): ReactElement {
	const [isBroken, setIsBroken] = useState(false);
	const about = `${mimeType}, ${formatBytes(sizeOf(data))}`;
	if (isBroken || !drawable.test(mimeType))
		return <p className="muted">An image that cannot be drawn here ({about}).</p>;
	return (
		<figure className="picture">
			<img
				src={`data:${mimeType};base64,${data}`}
				alt={`From the server, ${about}`}
				onError={() => setIsBroken(true)}
			/>
			<figcaption className="muted">{about}</figcaption>
		</figure>
	);
}

/** A text as it came, with ways to take it elsewhere. */
export function TextBlock({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
	const { client, attempt } = useHost();
	const isJson = /^\s*[[{]/.test(text);
	const shown = isJson && text.length < longest ? pretty(text) : text;
	const cut = shown.length > longest ? shown.slice(0, longest) : shown;
	return (
		<div className="code-block">
			<div className="code-block-bar">
				<span className="code-block-language">{label}</span>
				<CopyButton text={text} copy={copied => client.call('copy', { text: copied })} />
				<IconButton
					icon="go-to-file"
					label="Open in an editor"
					onClick={() => void attempt('openText', { text: shown, language: isJson ? 'json' : 'plaintext' })}
				/>
			</div>
			<pre className="code wrapped" dir="auto" tabIndex={0} aria-label={label}>
				{cut}
			</pre>
			{cut !== shown && (
				<p className="muted cut">{(shown.length - cut.length).toLocaleString('en')} more characters in the editor.</p>
			)}
		</div>
	);
}

/** A value as indented JSON. */
export function JsonBlock({ label, value }: { readonly label: string; readonly value: unknown }): ReactElement {
	return <TextBlock label={label} text={JSON.stringify(value, null, 2)} />;
}

function sizeOf(base64: string): number {
	return Math.floor((base64.length * 3) / 4);
}
