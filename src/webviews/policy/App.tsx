import { useEffect, useMemo, useReducer, type Dispatch, type ReactElement } from 'react';
import type { PolicyContract } from '../../core/safety/policyProtocol';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { useView } from '../shared/useView';
import { Ask } from './Ask';
import type { Attempt } from './attempt';
import { Permissions, Places, Repositories } from './Places';
import { initialState, reduce, type PageAction } from './state';
import { Tools } from './Tools';

/** Milliseconds after the last letter before the host is asked. */
const pause = 150;

/** The page of the whole safety policy. */
export function App({ client }: { readonly client: Client<PolicyContract> }): ReactElement {
	const [state, dispatch] = useReducer(reduce, initialState);
	const { view, pasted, answer } = state;
	const load = useView(client, dispatch);
	useExplanation(client, pasted, dispatch);
	const attempt = useMemo<Attempt>(
		() => async (name, params) => {
			try {
				await client.call(name, params);
			} catch (error) {
				dispatch({ type: 'failed', error });
			}
		},
		[client],
	);
	return (
		<main className="policy-page">
			<header>
				<h1>Safety policy</h1>
				<p className="muted">
					Every call of every tool goes through one gate. GREEN runs, YELLOW takes a click, ORANGE a word that you type,
					RED a confirmation each time; BLACK is refused.
				</p>
			</header>
			{state.failure !== null && (
				<div className="policy-failure" role="alert">
					<Codicon name="error" />
					<span>{state.failure}</span>
					<Button onClick={load}>Try Again</Button>
				</div>
			)}
			<Ask pasted={pasted} answer={answer} dispatch={dispatch} />
			{view === null ? (
				state.failure === null && <ProgressRing label="Reading the policy" />
			) : (
				<>
					<Permissions view={view} attempt={attempt} />
					<Repositories view={view} attempt={attempt} />
					<Tools state={state} dispatch={dispatch} attempt={attempt} />
					<Places view={view} attempt={attempt} />
				</>
			)}
		</main>
	);
}

/** Asks about what was pasted, and again when the policy is another one. */
function useExplanation(client: Client<PolicyContract>, pasted: string, dispatch: Dispatch<PageAction>): void {
	useEffect(() => {
		if (pasted.trim() === '') return undefined;
		const ask = (): void => {
			client.call('explain', { text: pasted }).then(
				answer => dispatch({ type: 'answer', of: pasted, answer }),
				(error: unknown) => dispatch({ type: 'failed', error }),
			);
		};
		const waiting = setTimeout(ask, pause);
		const listening = client.on('changed', ask);
		return () => {
			clearTimeout(waiting);
			listening.dispose();
		};
	}, [client, pasted, dispatch]);
}
