import {
	useCallback,
	useEffect,
	useReducer,
	useRef,
	type Dispatch,
	type KeyboardEvent,
	type ReactElement,
} from 'react';
import type { GalleryContract } from '../../core/flow/templates/galleryProtocol';
import type { Client } from '../../core/rpc/rpc';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { Detail } from './Detail';
import { Filter } from './Filter';
import { List, listId } from './List';
import { found, initialState, reduce, type GalleryAction, type GalleryState, type Kept } from './state';

export interface AppProps {
	readonly client: Client<GalleryContract>;
	readonly kept?: Kept;
	readonly onKeep?: (kept: Kept) => void;
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
const ends: Readonly<Record<string, number>> = { Home: -Infinity, End: Infinity };

/** The gallery of templates: a list with a search, and the template that is selected in it. */
export function App({ client, kept, onKeep }: AppProps): ReactElement {
	const [state, dispatch] = useReducer(reduce, kept, initialState);
	const useButton = useRef<HTMLButtonElement>(null);
	const load = useLoading(client, dispatch);
	const { words, category, selected, isOpen } = state;
	useEffect(() => {
		onKeep?.({ words, category, selected });
	}, [onKeep, words, category, selected]);
	const list = found(state);
	const template = list.find(({ id }) => id === selected);
	const open = (): void => {
		dispatch({ type: 'open' });
		// Where there is no room for both it has to be drawn first.
		requestAnimationFrame(() => useButton.current?.focus());
	};
	const pick = (id: string): void => {
		dispatch({ type: 'select', id });
		dispatch({ type: 'open' });
		requestAnimationFrame(() => {
			if (!isSeen(listId)) useButton.current?.focus();
		});
	};
	const close = (): void => {
		dispatch({ type: 'close' });
		requestAnimationFrame(() => document.getElementById(listId)?.focus());
	};
	const use = (id: string): void => {
		// The user may think about the name as long as they like.
		client.call('use', { id }, Infinity).catch((error: unknown) => dispatch({ type: 'failed', error }));
	};
	const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
		// In a text, Home and End move the cursor.
		const isText = event.currentTarget instanceof HTMLInputElement;
		const by = isText ? steps[event.key] : (steps[event.key] ?? ends[event.key]);
		if (by !== undefined) dispatch({ type: 'move', by });
		else if (event.key === 'Enter' && template) open();
		else return;
		event.preventDefault();
	};
	return (
		<main className={`gallery${isOpen && template ? ' is-open' : ''}`}>
			<div className="side">
				<h1>Flow Templates</h1>
				<Filter state={state} onKeyDown={onKeyDown} dispatch={dispatch} />
				{list.length > 0 ? (
					<List templates={list} selected={selected} onPick={pick} onKeyDown={onKeyDown} />
				) : (
					<Nothing state={state} onRetry={load} dispatch={dispatch} />
				)}
			</div>
			{template && (
				<Detail
					template={template}
					failure={state.failure}
					useButton={useButton}
					onUse={() => use(template.id)}
					onBack={close}
				/>
			)}
		</main>
	);
}

/** Whether there is room for the list beside the template. */
function isSeen(id: string): boolean {
	return (document.getElementById(id)?.getClientRects().length ?? 0) > 0;
}

function useLoading(client: Client<GalleryContract>, dispatch: Dispatch<GalleryAction>): () => void {
	const load = useCallback(() => {
		client.call('templates', null).then(
			templates => dispatch({ type: 'templates', templates }),
			(error: unknown) => dispatch({ type: 'failed', error }),
		);
	}, [client, dispatch]);
	useEffect(load, [load]);
	return load;
}

/** Why there is no list, and what helps. */
function Nothing({
	state: { templates, failure },
	onRetry,
	dispatch,
}: {
	readonly state: GalleryState;
	readonly onRetry: () => void;
	readonly dispatch: Dispatch<GalleryAction>;
}): ReactElement {
	if (templates === null && failure === null) return <ProgressRing label="Reading the templates" />;
	return (
		<div className="nothing">
			<p role="alert">{failure ?? 'No template has these words.'}</p>
			{templates === null ? (
				<Button onClick={onRetry}>Try Again</Button>
			) : (
				<Button onClick={() => dispatch({ type: 'showAll' })}>Show All</Button>
			)}
		</div>
	);
}
