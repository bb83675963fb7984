import { useEffect, useState, type ReactElement } from 'react';
import type { ElicitationAnswer, ElicitationContract, ElicitationView } from '../../core/mcp/elicitationProtocol';
import { secretFields } from '../../core/mcp/form/fields';
import type { Client } from '../../core/rpc/rpc';
import { Codicon } from '../shared/components/Codicon';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { SchemaInput } from '../shared/forms/SchemaInput';
import { useSchemaInput, type SavedInput } from '../shared/forms/useSchemaInput';

type Answer = (answer: ElicitationAnswer) => void;

/** A server's question: who asks, what for, and three ways out. */
export function Elicitation({ client }: { readonly client: Client<ElicitationContract> }): ReactElement {
	const [view, setView] = useState<ElicitationView | null | undefined>();
	const [kept, setKept] = useState<unknown>();
	useEffect(() => {
		client.call('open', null).then(
			opened => {
				setKept(opened.kept);
				setView(opened.view);
			},
			() => setView(null),
		);
		const listening = client.on('ended', () => setView(null));
		return () => listening.dispose();
	}, [client]);
	if (view === undefined) {
		return (
			<main className="page-message" aria-busy="true">
				<ProgressRing label="Reading the question" />
			</main>
		);
	}
	if (view === null) {
		return (
			<main className="page-message">
				<h1>This question has ended</h1>
				<p className="muted">The server took it back, or it was answered.</p>
			</main>
		);
	}
	const keep = (value: SavedInput): void => {
		client.call('keep', { value }).catch(() => undefined);
	};
	const answer: Answer = given => {
		client.call('answer', given).catch(() => setView(null));
	};
	return (
		<main className="elicitation">
			<header>
				<h1>
					<Codicon name="question" /> The MCP server “{view.server}” asks you
				</h1>
				<p className="muted target mono" dir="ltr">
					{view.launch}
				</p>
				{view.conversation !== '' && <p className="muted">While it works for “{view.conversation}”.</p>}
			</header>
			<blockquote className="asked" dir="auto">
				{view.message}
			</blockquote>
			{view.kind === 'form' ? (
				<FormQuestion view={view} answer={answer} saved={kept as SavedInput | undefined} onSave={keep} />
			) : (
				<UrlQuestion view={view} answer={answer} />
			)}
		</main>
	);
}

function FormQuestion({
	view,
	answer,
	saved,
	onSave,
}: {
	readonly view: Extract<ElicitationView, { kind: 'form' }>;
	readonly answer: Answer;
	readonly saved: SavedInput | undefined;
	readonly onSave: (saved: SavedInput) => void;
}): ReactElement {
	const input = useSchemaInput(view.schema, saved, onSave);
	const secrets = secretFields(input.form);
	const accept = (): void => {
		const content = input.read();
		if (content) answer({ action: 'accept', content });
	};
	return (
		<form
			noValidate
			aria-label="Your answer"
			onSubmit={event => {
				event.preventDefault();
				accept();
			}}
		>
			{secrets.length > 0 && (
				<p className="note" role="alert">
					<Codicon name="warning" /> {secrets.join(', ')} sounds like something secret. A server must not ask for
					secrets in a form: what you write goes to it as plain text, and it may keep it.
				</p>
			)}
			<SchemaInput input={input} root={input.root} isMasked hasRaw={false} />
			<Answers accept="Send the Answer" onAccept={accept} answer={answer} />
		</form>
	);
}

function UrlQuestion({
	view,
	answer,
}: {
	readonly view: Extract<ElicitationView, { kind: 'url' }>;
	readonly answer: Answer;
}): ReactElement {
	return (
		<section aria-label="Your answer">
			<p>It wants to open this page in your browser:</p>
			<p className="address mono" dir="ltr">
				{view.url}
			</p>
			<p className="note">
				<Codicon name={view.isSecure ? 'info' : 'warning'} /> The page belongs to{' '}
				<strong>{view.host || 'nobody'}</strong>
				{view.isSecure ? '.' : ', and what you send there is not encrypted.'} Open it only if you know it. What you do
				there is between you and that page.
			</p>
			<Answers
				accept={`Open ${view.host}`}
				isDisabled={view.host === ''}
				onAccept={() => answer({ action: 'accept', content: null })}
				answer={answer}
			/>
		</section>
	);
}

function Answers({
	accept,
	isDisabled = false,
	onAccept,
	answer,
}: {
	readonly accept: string;
	readonly isDisabled?: boolean;
	readonly onAccept: () => void;
	readonly answer: Answer;
}): ReactElement {
	return (
		<div className="call-bar">
			<Button appearance="primary" isDisabled={isDisabled} onClick={onAccept}>
				{accept}
			</Button>
			<Button title="The server is told that you do not want to" onClick={() => answer({ action: 'decline' })}>
				Decline
			</Button>
			<Button
				title="The server is told nothing but that there is no answer"
				onClick={() => answer({ action: 'cancel' })}
			>
				Cancel
			</Button>
		</div>
	);
}
