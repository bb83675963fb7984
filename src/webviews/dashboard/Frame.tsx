import { Component, memo, useMemo, useRef, type ReactElement, type ReactNode } from 'react';
import { errorText } from '../../core/base/errors';
import type { Widget, WidgetSettings } from '../../core/dashboard/dashboard';
import { readSettings } from '../../core/dashboard/settings';
import { Codicon } from '../shared/components/Codicon';
import { IconButton } from '../shared/components/IconButton';
import { MenuButton } from '../shared/components/Menu';
import { Button } from '../shared/components/toolkit';
import { SeenProvider } from './context';
import { useSeen } from './Grid';
import { useScrollable } from './useScrollable';
import { titleOf } from './titleOf';
import type { WidgetProps } from './widget';
import type { WidgetActions, WidgetCommand } from './widgetActions';
import { widgetView } from './widgets/catalog';

export interface FrameProps {
	readonly widget: Widget;
	readonly isMoving: boolean;
	readonly actions: WidgetActions;
}

export const keysHelpId = 'widget-keys';

/** A widget's frame: its title, which is also what it is pulled by, its menu, and what it shows. */
export const Frame = memo(function Frame(props: FrameProps): ReactElement {
	const { widget, isMoving, actions } = props;
	const frame = useRef<HTMLElement>(null);
	const body = useRef<HTMLDivElement>(null);
	const isSeen = useSeen(frame);
	const isScrollable = useScrollable(body);
	const title = titleOf(widget);
	const icon = widgetView(widget.kind)?.definition.icon ?? 'question';
	return (
		<section
			ref={frame}
			className={`widget${isMoving ? ' moving' : ''}`}
			aria-label={title}
			aria-describedby={keysHelpId}
			tabIndex={0}
			data-widget={widget.id}
			data-kind={widget.kind}
			onKeyDown={event => actions.key(widget, event)}
			onBlur={event => {
				if (isMoving && !event.currentTarget.contains(event.relatedTarget)) actions.leave(widget);
			}}
		>
			<header className="widget-head" title={`${title}: pull to move`}>
				<Codicon name={icon} />
				<h2 className="bar-title">{title}</h2>
				<div className="widget-tools">
					{widgetView(widget.kind) && (
						<IconButton icon="gear" label={`Settings of ${title}`} onClick={() => actions.run(widget, 'settings')} />
					)}
					<MenuButton
						label={`More for ${title}`}
						items={[
							{ id: 'move', label: 'Move and Resize by Keyboard', icon: 'move', description: 'Enter' },
							{ id: 'copy', label: 'Duplicate', icon: 'copy' },
							{ id: 'remove', label: 'Remove', icon: 'trash', description: 'Delete' },
						]}
						onPick={id => actions.run(widget, id as WidgetCommand)}
					>
						<Codicon name="ellipsis" />
					</MenuButton>
				</div>
			</header>
			<div
				ref={body}
				className="widget-body"
				{...(isScrollable ? { tabIndex: 0, role: 'group', 'aria-label': `Content of ${title}` } : {})}
			>
				<SeenProvider value={isSeen}>
					<Boundary>
						<Content {...props} />
					</Boundary>
				</SeenProvider>
			</div>
		</section>
	);
});

function Content({ widget, actions }: FrameProps): ReactElement {
	const view = widgetView(widget.kind);
	const settings = useMemo(
		() => (view ? readSettings(view.definition.settings, widget.settings) : {}),
		[view, widget.settings],
	);
	if (!view) {
		return (
			<div className="widget-state widget-empty">
				<Codicon name="question" />
				<div>This version of Quarterdeck has no widget “{widget.kind}”. It stays as it is, and you can remove it.</div>
			</div>
		);
	}
	const { View } = view;
	const given = {
		id: widget.id,
		settings,
		onSettings: (change: WidgetSettings) => actions.change(widget, { ...widget.settings, ...change }),
		onOpenSettings: () => actions.run(widget, 'settings'),
	} as unknown as WidgetProps<never>;
	return <View {...given} />;
}

/** One widget that cannot be drawn must not take the others with it. */
class Boundary extends Component<{ readonly children: ReactNode }, { readonly problem: string | null }> {
	override state: { readonly problem: string | null } = { problem: null };

	static getDerivedStateFromError(error: unknown): { readonly problem: string } {
		return { problem: errorText(error) };
	}

	override render(): ReactNode {
		const { problem } = this.state;
		if (problem === null) return this.props.children;
		return (
			<div className="widget-state widget-failure" role="alert">
				<p>
					<Codicon name="error" /> This widget cannot be drawn: {problem}
				</p>
				<Button onClick={() => this.setState({ problem: null })}>Try Again</Button>
			</div>
		);
	}
}
