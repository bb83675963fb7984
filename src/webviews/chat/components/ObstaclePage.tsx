import { useMemo, type ReactElement } from 'react';
import type { Obstacle } from '../../../core/chat/protocol';
import { Codicon } from '../../shared/components/Codicon';
import { Markdown } from '../../shared/components/Markdown';
import { Button } from '../../shared/components/toolkit';
import { useHost } from '../host';

const icons: Readonly<Record<Obstacle['code'], string>> = {
	untrusted: 'workspace-untrusted',
	'no-folder': 'folder',
	'cli-missing': 'cloud-download',
	'cli-too-old': 'versions',
	'cli-broken': 'error',
};

/** Why nothing can be asked now, and what to do about it. It stands where the composer would; history stays readable. */
export function ObstaclePage({ obstacle }: { readonly obstacle: Obstacle }): ReactElement {
	const { attempt, markdown } = useHost();
	// A command for a terminal is copied; there is nothing to insert it into or to compare it with.
	const actions = useMemo(() => ({ copy: markdown.copy, openLink: markdown.openLink }), [markdown]);
	return (
		<section className="obstacle" aria-label={obstacle.title}>
			<h2>
				<Codicon name={icons[obstacle.code]} />
				{obstacle.title}
			</h2>
			<Markdown text={obstacle.text} actions={actions} />
			<div className="button-row">
				{obstacle.actions.map((action, index) => (
					<Button
						key={action.title}
						appearance={index === 0 ? 'primary' : 'secondary'}
						onClick={() => void attempt('runAction', { action })}
					>
						{action.title}
					</Button>
				))}
			</div>
		</section>
	);
}
