import type { KeyboardEvent, ReactElement } from 'react';
import type { Tab } from './state';

const tabs: readonly Tab[] = ['timeline', 'log'];

export interface TabsProps {
	readonly tab: Tab;
	readonly onTab: (tab: Tab) => void;
	readonly steps: number;
}

/** The two faces of an execution. Arrows move between them, as in any list of tabs. */
export function Tabs({ tab, onTab, steps }: TabsProps): ReactElement {
	const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
		if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
		event.preventDefault();
		const next = tabs[(tabs.indexOf(tab) + 1) % tabs.length] ?? 'timeline';
		onTab(next);
		document.getElementById(`tab-${next}`)?.focus();
	};
	const labels: Readonly<Record<Tab, string>> = { timeline: `Steps (${steps})`, log: 'Log' };
	return (
		<div className="tabs" role="tablist" aria-label="Execution" onKeyDown={onKeyDown}>
			{tabs.map(each => (
				<button
					key={each}
					id={`tab-${each}`}
					type="button"
					role="tab"
					className="tab"
					aria-selected={each === tab}
					aria-controls="tab-panel"
					tabIndex={each === tab ? 0 : -1}
					onClick={() => onTab(each)}
				>
					{labels[each]}
				</button>
			))}
		</div>
	);
}
