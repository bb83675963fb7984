import type { ReactElement, ReactNode } from 'react';
import type { Json } from '../../core/base/json';
import { allowFeed, feedTopic } from '../../core/dashboard/topics/feed';
import { Codicon } from '../shared/components/Codicon';
import { Button } from '../shared/components/toolkit';
import { useAct, useTopic } from './context';
import { Live, Unset } from './Live';

export interface FeedProps {
	readonly url: string;
	readonly seconds: number;
	readonly icon: string;
	readonly onOpenSettings: () => void;
	readonly children: (value: Json, at: number) => ReactNode;
}

/** What an address answers, once the user has named one and has allowed that its server is asked. */
export function Feed({ url, seconds, icon, onOpenSettings, children }: FeedProps): ReactElement {
	const address = url.trim();
	if (address === '')
		return (
			<Unset icon={icon} onOpenSettings={onOpenSettings}>
				Which address shall it ask?
			</Unset>
		);
	return (
		<Asked url={address} seconds={seconds}>
			{children}
		</Asked>
	);
}

function Asked({ url, seconds, children }: Pick<FeedProps, 'url' | 'seconds' | 'children'>): ReactElement {
	const act = useAct();
	return (
		<Live of={useTopic(feedTopic, { url, seconds })} loading={`Asking ${url}`}>
			{fetched =>
				'askAbout' in fetched ? (
					<div className="widget-state">
						<Codicon name="shield" />
						<p>{fetched.askAbout} is asked only when you allow it.</p>
						<Button appearance="primary" onClick={() => void act(allowFeed, { url })}>
							Allow…
						</Button>
					</div>
				) : (
					children(fetched.value, fetched.at)
				)
			}
		</Live>
	);
}
