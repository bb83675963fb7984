import { useMemo, type ReactElement } from 'react';
import type { ErrorAction } from '../../../core/base/errors';
import type { Obstacle } from '../../../core/chat/protocol';
import { Codicon } from '../../shared/components/Codicon';
import { Markdown } from '../../shared/components/Markdown';
import { useHost } from '../host';
import { ActionButtons } from './ActionButtons';

const icons: Readonly<Record<Obstacle['code'], string>> = {
	untrusted: 'workspace-untrusted',
	'no-folder': 'folder',
	'cli-missing': 'cloud-download',
	'cli-too-old': 'versions',
	'cli-broken': 'error',
};

/** Why nothing can be asked now, and what to do about it. It stands where the composer would; history stays readable. */
export function ObstaclePage({ obstacle }: { readonly obstacle: Obstacle }): ReactElement {
	const { instead } = obstacle;
	return (
		<>
			{instead && <Card icon="pass" {...instead} />}
			<Card icon={icons[obstacle.code]} isSecond={instead !== undefined} {...obstacle} />
		</>
	);
}

interface CardProps {
	readonly icon: string;
	readonly title: string;
	/** Markdown. */
	readonly text: string;
	readonly actions: readonly ErrorAction[];
	/** Something before it is the likelier way. */
	readonly isSecond?: boolean;
}

function Card({ icon, title, text, actions, isSecond = false }: CardProps): ReactElement {
	const { markdown } = useHost();
	// A command for a terminal is copied; there is nothing to insert it into or to compare it with.
	const links = useMemo(() => ({ copy: markdown.copy, openLink: markdown.openLink }), [markdown]);
	return (
		<section className={isSecond ? 'obstacle second' : 'obstacle'} aria-label={title}>
			<h2>
				<Codicon name={icon} />
				{title}
			</h2>
			<Markdown text={text} actions={links} />
			<ActionButtons actions={actions} isSecond={isSecond} />
		</section>
	);
}
