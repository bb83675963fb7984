// Mounts the real page against the fake host.
import { render, waitFor, type RenderResult } from '@testing-library/react';
import { useImperativeHandle, type ComponentType, type ReactElement, type ReactNode, type Ref } from 'react';
import { vi } from 'vitest';
import { connect } from '../../../src/core/rpc/rpc';
import type { ChatContract, ChatSnapshot } from '../../../src/core/chat/protocol';
import { App } from '../../../src/webviews/chat/App';
import { SavedState, type Place } from '../../../src/webviews/chat/savedState';
import { webviewPort } from '../../../src/webviews/shared/port';
import { createFakeHost, type FakeHost } from '../gallery/fakeHost';

export interface TestPage extends RenderResult {
	readonly host: FakeHost;
	readonly saved: SavedState;
	/** The parameters of the calls of one name, in order. */
	readonly asked: (name: keyof ChatContract['requests']) => readonly unknown[];
}

interface ListProps {
	readonly ref: Ref<object>;
	readonly data: readonly { readonly id: string }[];
	readonly context: object;
	readonly itemContent: (index: number, row: object, context: object) => ReactNode;
	readonly components: { readonly Header: ComponentType<object>; readonly Footer: ComponentType<object> };
}

/** jsdom has no sizes, so the virtual list would draw nothing: this one draws every row. The real one is in the bench. */
vi.mock('react-virtuoso', () => ({
	Virtuoso: ({ ref, data, context, itemContent, components: { Header, Footer } }: ListProps): ReactElement => {
		useImperativeHandle(ref, () => ({ scrollToIndex: vi.fn(), autoscrollToBottom: vi.fn() }));
		return (
			<div>
				<Header {...{ context }} />
				{data.map((row, index) => (
					<div key={row.id}>{itemContent(index, row, context)}</div>
				))}
				<Footer {...{ context }} />
			</div>
		);
	},
}));

/** Opens the page on `snapshot` and waits until it shows the conversation. */
export async function openChat(
	snapshot: ChatSnapshot,
	stored?: unknown,
	prepare?: (host: FakeHost) => void,
	place: Place = 'tab',
): Promise<TestPage> {
	const host = createFakeHost(snapshot, undefined, stored);
	prepare?.(host);
	const client = connect<ChatContract>(webviewPort(host.api));
	const saved = new SavedState(host.api, place);
	const wanted = place === 'tab' ? snapshot.conversation.id : null;
	const result = render(<App client={client} saved={saved} wanted={wanted} />);
	await waitFor(() => result.getByText(snapshot.conversation.title));
	return {
		...result,
		host,
		saved,
		asked: name => host.calls.filter(call => call.name === name).map(call => call.params),
	};
}
