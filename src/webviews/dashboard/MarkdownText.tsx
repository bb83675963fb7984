import { lazy, Suspense, useMemo, type ReactElement, type ReactNode } from 'react';
import { usePage } from './context';

const Markdown = lazy(async () => {
	const { Markdown: drawn } = await import('../shared/components/Markdown');
	return { default: drawn };
});

/** Markdown in a widget. What draws it loads with the first of it; until then `fallback` is there. */
export function MarkdownText({
	text,
	fallback,
}: {
	readonly text: string;
	readonly fallback: ReactNode;
}): ReactElement {
	const { client, fail } = usePage();
	const actions = useMemo(
		() => ({
			copy: (code: string) => navigator.clipboard.writeText(code),
			openLink: (href: string) => void client.call('openLink', { href }).catch(fail),
		}),
		[client, fail],
	);
	return (
		<Suspense fallback={fallback}>
			<Markdown text={text} actions={actions} />
		</Suspense>
	);
}
