import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { artifactKind, artifactTitle, type Artifact } from '../../core/artifacts/artifact';
import type { ArtifactPageContract } from '../../core/artifacts/artifactPage';
import type { DiagramColours } from '../../core/artifacts/diagram';
import type { Client } from '../../core/rpc/rpc';
import { IconButton } from '../shared/components/IconButton';
import { CopyButton } from '../shared/components/CodeBlock';
import { ProgressRing } from '../shared/components/toolkit';
import type { WebviewApi } from '../shared/port';
import { Preview } from './Preview';

export interface AppProps {
	readonly identity: string;
	readonly client: Client<ArtifactPageContract>;
	readonly api: Pick<WebviewApi, 'getState' | 'setState'>;
}

/** One artifact: what it looks like, and what can be done with it. */
export function App({ identity, client, api }: AppProps): ReactElement {
	const [artifact, setArtifact] = useState<Artifact | null>(null);
	const [failure, setFailure] = useState<string | null>(null);
	const fail = useCallback(
		(error: unknown): void => setFailure(error instanceof Error ? error.message : String(error)),
		[],
	);
	useEffect(() => {
		const show = (next: Artifact): void => {
			setArtifact(next);
			api.setState({ identity, artifact: next });
		};
		const listening = client.on('changed', show);
		client.call('open', { kept: keptArtifact(api.getState()) }).then(show, fail);
		return () => listening.dispose();
	}, [api, client, fail, identity]);
	const host = useMemo(
		() => ({
			copy: (text: string) => client.call('copy', { text }),
			openLink: (href: string) => void client.call('openLink', { href }).catch(fail),
			draw: (text: string, colours: DiagramColours) => client.call('draw', { text, colours }),
			run: (name: 'edit' | 'save') => {
				setFailure(null);
				client.call(name, null, Infinity).catch(fail);
			},
		}),
		[client, fail],
	);
	if (!artifact) {
		return (
			<main className="artifact-message">
				{failure === null ? <ProgressRing label="Opening" /> : <p role="alert">{failure}</p>}
			</main>
		);
	}
	return (
		<main className="artifact-page">
			<header className="artifact-head">
				<h1 className="bar-title">{artifactTitle(artifact)}</h1>
				<CopyButton text={artifact.text} copy={host.copy} />
				<IconButton icon="edit" label="Edit the source beside; this page follows" onClick={() => host.run('edit')} />
				<IconButton icon="save" label="Save as a file…" onClick={() => host.run('save')} />
			</header>
			{failure !== null && (
				<p className="artifact-failure" role="alert">
					{failure}
				</p>
			)}
			<section className={`artifact-body ${artifactKind(artifact)}`} aria-label="Preview">
				<Preview artifact={artifact} actions={host} />
			</section>
		</main>
	);
}

/** What this page showed before a reload. */
function keptArtifact(state: unknown): Artifact | null {
	if (typeof state !== 'object' || state === null || !('artifact' in state)) return null;
	const { artifact } = state;
	if (typeof artifact !== 'object' || artifact === null || !('text' in artifact) || !('language' in artifact))
		return null;
	const { text, language } = artifact;
	return typeof text === 'string' && typeof language === 'string' ? { text, language } : null;
}
