import type { ReactElement } from 'react';

/** A sentence; what stands between backticks is a command or a name, and is drawn as one. */
export function Words({ text }: { readonly text: string }): ReactElement {
	const parts = text.split(/`([^`\n]+)`/);
	// oxlint-disable-next-line react/no-array-index-key -- the parts of a text have nothing but their order
	return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
