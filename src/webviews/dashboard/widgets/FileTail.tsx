import { useLayoutEffect, useRef, type ReactElement } from 'react';
import type { SettingsOf } from '../../../core/dashboard/settings';
import { fileTailTopic, openTailed, type FileTail as Tail } from '../../../core/dashboard/topics/fileTail';
import type { fileTailWidget } from '../../../core/dashboard/widgets/fileTail';
import { formatRelative } from '../../../core/ledger/views/format';
import { useAct, useTopic } from '../context';
import { Empty, Live, Unset } from '../Live';
import { formatSize } from '../numbers';
import { useNow } from '../useNow';
import type { WidgetProps } from '../widget';

type Settings = SettingsOf<typeof fileTailWidget.settings>;

export function FileTail({ settings, onOpenSettings }: WidgetProps<Settings>): ReactElement {
	if (settings.path.trim() === '')
		return (
			<Unset icon="output" onOpenSettings={onOpenSettings}>
				Which file of this workspace shall it follow?
			</Unset>
		);
	return <Followed settings={settings} />;
}

function Followed({ settings: { path, lines, wrap } }: { readonly settings: Settings }): ReactElement {
	const now = useNow(60_000);
	const act = useAct();
	return (
		<Live of={useTopic(fileTailTopic, { path: path.trim(), lines })} loading={`Reading ${path}`}>
			{tail => (
				<>
					<p className="tail-head">
						<button type="button" className="text-button" onClick={() => void act(openTailed, { path: path.trim() })}>
							{path}
						</button>
						<span className="muted">
							{formatSize(tail.bytes)} · {formatRelative(tail.changedAt, now)}
						</span>
					</p>
					{tail.lines.length === 0 ? (
						<Empty icon="output">The file is empty.</Empty>
					) : (
						<Lines tail={tail} path={path} wrap={wrap} />
					)}
				</>
			)}
		</Live>
	);
}

/** Stays at the end while more comes, unless the user went up to read. */
function Lines({
	tail,
	path,
	wrap,
}: {
	readonly tail: Tail;
	readonly path: string;
	readonly wrap: boolean;
}): ReactElement {
	const box = useRef<HTMLPreElement>(null);
	const isAtEnd = useRef(true);
	useLayoutEffect(() => {
		const element = box.current;
		if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
		// oxlint-disable-next-line react/exhaustive-effect-dependencies -- it is the new lines that it follows
	}, [tail]);
	return (
		<pre
			ref={box}
			className={`tail mono${wrap ? ' wrapped' : ''}`}
			tabIndex={0}
			role="log"
			aria-live="off"
			aria-label={`The end of ${path}`}
			onScroll={({ currentTarget: at }) => {
				isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
			}}
		>
			{tail.isCut && '…\n'}
			{tail.lines.join('\n')}
		</pre>
	);
}
