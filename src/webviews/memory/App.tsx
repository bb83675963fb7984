import { useEffect, useMemo, useReducer, type Dispatch, type ReactElement } from 'react';
import type { MemoryPageContract } from '../../core/memory/memoryPage';
import type { Client } from '../../core/rpc/rpc';
import { Button, ProgressRing, TextField } from '../shared/components/toolkit';
import type { Attempt } from './attempt';
import { FactList } from './FactList';
import { FactForm } from './FactForm';
import { Toolbar } from './Toolbar';
import { initialState, reduce, type PageAction, type PageState } from './state';

/** The page of remembered facts. */
export function App({ client }: { readonly client: Client<MemoryPageContract> }): ReactElement {
	const [state, dispatch] = useReducer(reduce, initialState);
	const { search } = state;
	useLoading(client, search, dispatch);
	const attempt = useMemo<Attempt>(
		() => async (name, params) => {
			try {
				// A file dialog may stay open as long as the user likes.
				await client.call(name, params, Infinity);
				return true;
			} catch (error) {
				dispatch({ type: 'failed', error });
				return false;
			}
		},
		[client],
	);
	return (
		<main className="memory-page">
			<Head state={state} attempt={attempt} />
			<TextField
				className="memory-search"
				label="Search facts"
				placeholder="Search facts"
				value={search}
				onInput={text => dispatch({ type: 'search', search: text })}
			/>
			<FactForm project={state.view?.project ?? null} attempt={attempt} />
			<Toolbar state={state} dispatch={dispatch} attempt={attempt} />
			<Messages state={state} attempt={attempt} />
			{state.facts === null ? (
				state.failure === null && <ProgressRing label="Reading what is remembered" />
			) : (
				<FactList state={state} facts={state.facts} dispatch={dispatch} attempt={attempt} />
			)}
		</main>
	);
}

/** Keeps the page's facts and its head up to date with the host. */
function useLoading(client: Client<MemoryPageContract>, search: string, dispatch: Dispatch<PageAction>): void {
	useEffect(() => {
		const load = (): void => {
			client.call('find', { text: search }).then(
				facts => dispatch({ type: 'facts', facts, search }),
				(error: unknown) => dispatch({ type: 'failed', error }),
			);
		};
		load();
		const listening = client.on('changed', load);
		return () => listening.dispose();
	}, [client, search, dispatch]);
	useEffect(() => {
		const load = (): void => {
			client.call('view', null).then(
				view => dispatch({ type: 'view', view }),
				(error: unknown) => dispatch({ type: 'failed', error }),
			);
		};
		load();
		const listenings = [
			client.on('changed', load),
			client.on('done', done => dispatch({ type: 'done', text: done?.text ?? null })),
		];
		return () => listenings.forEach(listening => listening.dispose());
	}, [client, dispatch]);
}

function Head({ state, attempt }: { readonly state: PageState; readonly attempt: Attempt }): ReactElement {
	const { view } = state;
	return (
		<header>
			<h1>Memory</h1>
			{view && (
				<p className="muted">
					{view.isGiven
						? 'Facts that fit a prompt are given to the model before it, preferences first. Each conversation shows which.'
						: 'Facts are kept and given to no model.'}{' '}
					{view.learner === null
						? 'Nothing is learned from conversations.'
						: `New facts are learned from conversations by ${view.learner}.`}{' '}
					<button type="button" className="text-button" onClick={() => void attempt('openSettings', null)}>
						Change in Settings
					</button>
				</p>
			)}
		</header>
	);
}

function Messages({ state, attempt }: { readonly state: PageState; readonly attempt: Attempt }): ReactElement {
	return (
		<div className="memory-messages" aria-live="polite">
			{state.failure !== null && (
				<p className="memory-failure" role="alert">
					{state.failure}
				</p>
			)}
			{state.done !== null && (
				<p className="memory-done">
					<span>{state.done}</span>
					<Button onClick={() => void attempt('undo', null)}>Undo</Button>
				</p>
			)}
		</div>
	);
}
