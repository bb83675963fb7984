import { memo, useMemo, useState, type ReactElement } from 'react';
import { isPreviewable } from '../../../core/artifacts/artifact';
import { useHighlight } from './highlight';
import { IconButton } from './IconButton';

/** What a page can do with a block of code; what is left out is not offered. */
export interface CodeActions {
	readonly copy: (text: string) => Promise<unknown>;
	readonly insertAtCursor?: (text: string) => Promise<unknown>;
	/** Shows what it looks like, in a tab of its own. */
	readonly openArtifact?: (text: string, language: string) => Promise<unknown>;
	readonly openAsFile?: (text: string, language: string) => Promise<unknown>;
	readonly applyAsDiff?: (text: string, language: string) => Promise<unknown>;
}

export interface CodeBlockProps {
	readonly code: string;
	readonly language: string;
	readonly actions: CodeActions;
}

/** Code with its language, colours and actions. */
export const CodeBlock = memo(function CodeBlock({ code, language, actions }: CodeBlockProps): ReactElement {
	return (
		<div className="code-block">
			<div className="code-block-bar">
				<span className="code-block-language">{language || 'text'}</span>
				<CopyButton text={code} copy={actions.copy} />
				{actions.insertAtCursor && (
					<IconButton icon="insert" label="Insert at cursor" onClick={() => void actions.insertAtCursor?.(code)} />
				)}
				{actions.applyAsDiff && (
					<IconButton
						icon="diff"
						label="Apply to the open file as a diff"
						onClick={() => void actions.applyAsDiff?.(code, language)}
					/>
				)}
				{actions.openArtifact && isPreviewable({ text: code, language }) && (
					<IconButton
						icon="open-preview"
						label="Open preview"
						onClick={() => void actions.openArtifact?.(code, language)}
					/>
				)}
				{actions.openAsFile && (
					<IconButton
						icon="go-to-file"
						label="Open as a new file"
						onClick={() => void actions.openAsFile?.(code, language)}
					/>
				)}
			</div>
			<HighlightedCode code={code} language={language} label={`Code${language ? `, ${language}` : ''}`} />
		</div>
	);
});

export interface HighlightedCodeProps {
	readonly code: string;
	readonly language: string;
	readonly label: string;
}

/** Coloured code without a frame. */
export const HighlightedCode = memo(function HighlightedCode({
	code,
	language,
	label,
}: HighlightedCodeProps): ReactElement {
	const html = useHighlight(code, language);
	// The highlighter escapes the code; what it returns holds only its own spans.
	const markup = useMemo(() => (html === null ? null : { __html: html }), [html]);
	return (
		<pre className="code" dir="ltr" tabIndex={0} aria-label={label}>
			{markup ? <code className="hljs" dangerouslySetInnerHTML={markup} /> : <code>{code}</code>}
		</pre>
	);
});

/** Copies, and says for a moment that it did. */
export function CopyButton({
	text,
	copy,
	label = 'Copy',
}: {
	readonly text: string;
	readonly copy: CodeActions['copy'];
	readonly label?: string;
}): ReactElement {
	const [isCopied, setIsCopied] = useState(false);
	return (
		<IconButton
			icon={isCopied ? 'check' : 'copy'}
			label={isCopied ? 'Copied' : label}
			onClick={() => {
				copy(text).then(
					() => {
						setIsCopied(true);
						setTimeout(() => setIsCopied(false), 1500);
					},
					() => setIsCopied(false),
				);
			}}
		/>
	);
}
