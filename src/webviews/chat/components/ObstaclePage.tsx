import { useMemo, type ReactElement } from 'react';
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
	const { markdown } = useHost();
	// A command for a terminal is copied; there is nothing to insert it into or to compare it with.
	const actions = useMemo(() => ({ copy: markdown.copy, openLink: markdown.openLink }), [markdown]);
	return (
		<section className="obstacle" aria-label={obstacle.title}>
			<h2>
				<Codicon name={icons[obstacle.code]} />
				{obstacle.title}
			</h2>
			<Markdown text={obstacle.text} actions={actions} />
			<ActionButtons actions={obstacle.actions} />
		</section>
	);
}
