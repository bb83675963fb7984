import { memo, useMemo, type ComponentProps, type ReactElement, type ReactNode } from 'react';
import ReactMarkdown, { defaultUrlTransform, type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { visibleDirections } from '../../../core/safety/visible';
import { CodeBlock, type CodeActions } from './CodeBlock';

export interface MarkdownActions extends CodeActions {
	/** A press on a link: an address, or a path with an optional `#L12`. */
	readonly openLink: (href: string) => void;
}

export interface MarkdownProps {
	readonly text: string;
	/** Must keep its identity, or every block is built again. */
	readonly actions: MarkdownActions;
}

const plugins = [remarkGfm];

/** Finished Markdown, parsed once. HTML in it is shown as text, and images are links: nothing remote is loaded. */
export const Markdown = memo(function Markdown({ text, actions }: MarkdownProps): ReactElement {
	const components = useMemo(() => markdownComponents(actions), [actions]);
	return (
		<div className="markdown" dir="auto">
			<ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={safeUrl}>
				{visibleDirections(text)}
			</ReactMarkdown>
		</div>
	);
});

/** Windows paths look like an unknown scheme to the default rule; a path is decided by the host, not here. */
function safeUrl(url: string): string {
	return /^[a-zA-Z]:[\\/]/.test(url) ? url : defaultUrlTransform(url);
}

function markdownComponents(actions: MarkdownActions): Components {
	const link = (href: string | undefined, children: ReactNode): ReactElement => (
		<a
			href={href || '#'}
			title={href}
			onClick={event => {
				event.preventDefault();
				if (href) actions.openLink(href);
			}}
		>
			{children}
		</a>
	);
	return {
		a: ({ href, children }) => link(href, children),
		img: ({ src, alt }) => link(typeof src === 'string' ? src : undefined, alt ? `Image: ${alt}` : 'Image'),
		pre: ({ children }) => <PreBlock actions={actions}>{children}</PreBlock>,
		table: ({ children }) => (
			<div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
				<table>{children}</table>
			</div>
		),
	};
}

function PreBlock({
	children,
	actions,
}: {
	readonly children: ReactNode;
	readonly actions: CodeActions;
}): ReactElement {
	const inner = Array.isArray(children) ? (children as ReactNode[])[0] : children;
	const props =
		typeof inner === 'object' && inner !== null && 'props' in inner ? (inner.props as ComponentProps<'code'>) : {};
	const code = typeof props.children === 'string' ? props.children.replace(/\n$/, '') : '';
	const language = /language-(\S+)/.exec(props.className ?? '')?.[1] ?? '';
	return <CodeBlock code={code} language={language} actions={actions} />;
}
