import { useEffect, useState, type ReactElement } from 'react';
import { errorText } from '../../core/base/errors';
import type { NodePageContract, NodePageView, NodeTrialView } from '../../core/flow/custom/nodePageProtocol';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { SchemaInput } from '../shared/forms/SchemaInput';
import { useSchemaInput } from '../shared/forms/useSchemaInput';
import { Trial } from './Trial';

type NodeClient = Client<NodePageContract>;
type View<K extends NodePageView['kind']> = Extract<NodePageView, { kind: K }>;

/** A custom node: the form of a new one, or one that is tried out. */
export function NodePage({ client }: { readonly client: NodeClient }): ReactElement {
	const [view, setView] = useState<NodePageView | null | undefined>();
	const [problem, setProblem] = useState('');
	useEffect(() => {
		const fail = (error: unknown): void => {
			setProblem(errorText(error));
			setView(null);
		};
		client.call('openNode', null).then(setView, fail);
		const listening = client.on('nodeChanged', setView);
		return () => listening.dispose();
	}, [client]);
	if (view === undefined) {
		return (
			<main className="node-message" aria-busy="true">
				<ProgressRing label="Reading the node" />
			</main>
		);
	}
	if (view === null) {
		return (
			<main className="node-message">
				<h1>This node is not here any more</h1>
				<p className="muted">{problem || 'What was not saved is gone with its window. Describe it once more.'}</p>
			</main>
		);
	}
	return view.kind === 'new' ? (
		<NewForm client={client} view={view} />
	) : (
		<TryPage key={JSON.stringify(view.schema)} client={client} view={view} />
	);
}

function NewForm({ client, view }: { readonly client: NodeClient; readonly view: View<'new'> }): ReactElement {
	const input = useSchemaInput(view.schema);
	const [problem, setProblem] = useState('');
	const create = (): void => {
		const form = input.read();
		if (!form) return;
		setProblem('');
		client.call('createNode', { form }, Infinity).catch((error: unknown) => setProblem(errorText(error)));
	};
	return (
		<main className="node-page">
			<h1>
				<Codicon name="symbol-method" /> New Custom Node
			</h1>
			<p className="muted">
				A node is one file in .quarterdeck/nodes. It runs in a sandbox: what it reaches is named here, and allowed by
				you when it first runs. The code is written by you, in the file that opens then.
			</p>
			<form
				noValidate
				aria-label="New node"
				onSubmit={event => {
					event.preventDefault();
					create();
				}}
			>
				<SchemaInput input={input} root={input.root} hasRaw={false} />
				<Problem text={problem} />
				<div className="node-actions">
					<Button appearance="primary" onClick={create}>
						Write the File
					</Button>
					<Button onClick={() => void client.call('closeNode', null)}>Cancel</Button>
				</div>
			</form>
		</main>
	);
}

function TryPage({ client, view }: { readonly client: NodeClient; readonly view: View<'try'> }): ReactElement {
	const input = useSchemaInput(view.schema);
	const [trial, setTrial] = useState<NodeTrialView | null>(null);
	const [problem, setProblem] = useState('');
	const [isRunning, setIsRunning] = useState(false);
	const attempt = async (work: () => Promise<unknown>): Promise<void> => {
		setProblem('');
		setIsRunning(true);
		try {
			await work();
		} catch (error) {
			setProblem(errorText(error));
		} finally {
			setIsRunning(false);
		}
	};
	const run = (): void => {
		const given = input.read();
		if (given) void attempt(async () => setTrial(await client.call('tryNode', { input: given }, Infinity)));
	};
	return (
		<main className="node-page">
			<About view={view} />
			{view.problem === null && <SchemaInput input={input} root={input.root} isDisabled={isRunning} />}
			<Problem text={problem} />
			<div className="node-actions">
				<Button appearance="primary" isDisabled={isRunning || view.problem !== null} onClick={run}>
					Run It
				</Button>
				{isRunning && <Button onClick={() => void client.call('stopTrial', null)}>Stop</Button>}
				{view.written && (
					<Button isDisabled={isRunning} onClick={() => void attempt(() => client.call('saveNode', null, Infinity))}>
						Save the Node
					</Button>
				)}
				<Button onClick={() => void attempt(() => client.call('openNodeFile', { line: null }))}>Show the Code</Button>
				{isRunning && <ProgressRing label="It runs" />}
			</div>
			{trial && !isRunning && (
				<Trial trial={trial} onLine={line => void attempt(() => client.call('openNodeFile', { line }))} />
			)}
			{view.written && (
				<Wish
					isDisabled={isRunning}
					onWish={wish => void attempt(() => client.call('changeNode', { wish }, Infinity))}
				/>
			)}
		</main>
	);
}

function About({ view }: { readonly view: View<'try'> }): ReactElement {
	const { title, path, written, problem, reaches } = view;
	return (
		<>
			<h1>
				<Codicon name="beaker" /> {title}
			</h1>
			<p className="muted">
				<span className="mono">{path}</span>
				{written && ' (not saved)'}
			</p>
			{written && written.explanation !== '' && <blockquote dir="auto">{written.explanation}</blockquote>}
			<Problem text={problem ?? ''} />
			{reaches.length > 0 && (
				<p className="note">
					<Codicon name="shield" /> It asks to {reaches.join('; ')}. You are asked before it does.
				</p>
			)}
		</>
	);
}

/** What the model is to do otherwise. */
function Wish({
	isDisabled,
	onWish,
}: {
	readonly isDisabled: boolean;
	readonly onWish: (wish: string) => void;
}): ReactElement {
	const [wish, setWish] = useState('');
	return (
		<section className="node-wish" aria-label="Change it">
			<label htmlFor="node-wish">What should be different?</label>
			<textarea
				id="node-wish"
				className="form-input"
				rows={3}
				value={wish}
				disabled={isDisabled}
				onChange={event => setWish(event.currentTarget.value)}
			/>
			<div>
				<Button isDisabled={isDisabled || wish.trim() === ''} onClick={() => onWish(wish.trim())}>
					Let the Model Change It
				</Button>
			</div>
		</section>
	);
}

function Problem({ text }: { readonly text: string }): ReactElement | null {
	return text === '' ? null : (
		<p className="form-problem" role="alert">
			{text}
		</p>
	);
}
