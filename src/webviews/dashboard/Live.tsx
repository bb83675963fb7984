import type { ReactElement, ReactNode } from 'react';
import type { ErrorAction } from '../../core/base/errors';
import { Codicon } from '../shared/components/Codicon';
import { Words } from '../shared/components/Words';
import { Button, ProgressRing } from '../shared/components/toolkit';
import { usePage } from './context';
import type { TopicState } from './topicStore';

export interface LiveProps<D> {
	readonly of: TopicState<D> & { readonly retry: () => void };
	/** What is being read, for the eyes and for screen readers: `Reading the CPU`. */
	readonly loading: string;
	readonly children: (data: D) => ReactNode;
}

/** A topic's data, or that it is on its way, or why it does not come. What came before a failure stays, below it. */
export function Live<D>({ of: { data, failure, retry }, loading, children }: LiveProps<D>): ReactElement {
	if (data === undefined && !failure) {
		return (
			<div className="widget-state">
				<ProgressRing label={loading} />
			</div>
		);
	}
	return (
		<>
			{failure && (
				<Failed message={failure.message} actions={failure.actions} retry={retry} isSmall={data !== undefined} />
			)}
			{data !== undefined && children(data)}
		</>
	);
}

/** Why there is nothing to see, with what helps. */
export function Failed({
	message,
	actions,
	retry,
	isSmall = false,
}: {
	readonly message: string;
	readonly actions: readonly ErrorAction[];
	readonly retry: () => void;
	readonly isSmall?: boolean;
}): ReactElement {
	const { client, fail } = usePage();
	return (
		<div className={`widget-state widget-failure${isSmall ? ' small' : ''}`} role="alert">
			<p>
				<Codicon name="error" /> <Words text={message} />
			</p>
			<div className="widget-actions">
				{actions.map(({ title, command, args }) => (
					<Button key={title} onClick={() => void client.call('runAction', { command, args: args ?? [] }).catch(fail)}>
						{title}
					</Button>
				))}
				<Button onClick={retry}>Try Again</Button>
			</div>
		</div>
	);
}

/** A widget that can do nothing before something is set. */
export function Unset({
	icon,
	children,
	onOpenSettings,
}: {
	readonly icon: string;
	readonly children: ReactNode;
	readonly onOpenSettings: () => void;
}): ReactElement {
	return (
		<Empty icon={icon}>
			<p>{children}</p>
			<Button appearance="primary" onClick={onOpenSettings}>
				Settings…
			</Button>
		</Empty>
	);
}

/** There is nothing, which is no failure; with what could be done about it. */
export function Empty({ icon, children }: { readonly icon: string; readonly children: ReactNode }): ReactElement {
	return (
		<div className="widget-state widget-empty">
			<Codicon name={icon} />
			<div>{children}</div>
		</div>
	);
}
