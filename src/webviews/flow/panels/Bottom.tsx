import { lazy, Suspense, type PointerEvent, type ReactElement } from 'react';
import { IconButton } from '../../shared/components/IconButton';
import { useCanvas, useEditor } from '../context';
import { useStored } from '../state/store';
import type { BottomTab } from '../state/ui';
import { Find } from './Find';
import { ListView } from './ListView';
import { Problems } from './Problems';

// What only a run needs is loaded with the first run that is looked at.
const Runs = lazy(async () => ({ default: (await import('./Runs')).Runs }));
const Values = lazy(async () => ({ default: (await import('./Values')).Values }));
const Log = lazy(async () => ({ default: (await import('./Log')).Log }));

const titles: Readonly<Record<BottomTab, string>> = {
	problems: 'Problems',
	find: 'Find',
	list: 'List',
	runs: 'Runs',
	values: 'Values',
	log: 'Log',
};
const tabs = Object.keys(titles) as readonly BottomTab[];
const ofRuns: ReadonlySet<BottomTab> = new Set(['runs', 'values', 'log']);

/** The panel below the graph. */
export function Bottom(): ReactElement | null {
	const editor = useEditor();
	const canvas = useCanvas();
	const tab = useStored(editor.ui, ui => ui.bottom);
	const height = useStored(editor.ui, ui => ui.bottomHeight);
	if (tab === null) return null;
	const close = (): void => {
		editor.ui.patch({ bottom: null });
		canvas.focus();
	};
	return (
		<section className="bottom" style={{ height }} aria-label="Panel">
			<div
				className="bottom-edge"
				onPointerDown={event => resize(event, height, to => editor.ui.patch({ bottomHeight: to }))}
			/>
			<div className="bottom-tabs">
				<Tabs tab={tab} />
				<IconButton icon="close" label="Close panel" onClick={close} />
			</div>
			<div
				className={`bottom-content ${tab}`}
				role="tabpanel"
				id="bottom-content"
				aria-labelledby={`tab-${tab}`}
				onKeyDown={event => {
					if (event.key !== 'Escape' || event.defaultPrevented) return;
					event.stopPropagation();
					close();
				}}
			>
				{tab === 'problems' && <Problems />}
				{tab === 'find' && <Find />}
				{tab === 'list' && <ListView />}
				<Suspense fallback={null}>
					{tab === 'runs' && <Runs />}
					{tab === 'values' && <Values />}
					{tab === 'log' && <Log />}
				</Suspense>
			</div>
		</section>
	);
}

function Tabs({ tab }: { readonly tab: BottomTab }): ReactElement {
	const editor = useEditor();
	const problems = useStored(editor.doc, doc => doc.problems.length);
	const offers = useStored(editor.doc, doc => doc.offers);
	const hasRun = useStored(editor.runs.run, run => run !== null);
	const shown = tabs.filter(each => !ofRuns.has(each) || offers.has('run') || hasRun);
	return (
		<div role="tablist" aria-label="Panel">
			{shown.map(each => (
				<button
					key={each}
					type="button"
					role="tab"
					id={`tab-${each}`}
					aria-selected={each === tab}
					aria-controls={each === tab ? 'bottom-content' : undefined}
					tabIndex={each === tab ? 0 : -1}
					className="bottom-tab"
					onClick={() => editor.ui.patch({ bottom: each })}
					onKeyDown={event => {
						const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
						const next = shown[(shown.indexOf(each) + step + shown.length) % shown.length];
						if (step === 0 || next === undefined) return;
						editor.ui.patch({ bottom: next });
						document.getElementById(`tab-${next}`)?.focus();
					}}
				>
					{titles[each]}
					{each === 'problems' && problems > 0 && <span className="count">{problems}</span>}
				</button>
			))}
		</div>
	);
}

function resize(event: PointerEvent<HTMLElement>, height: number, set: (height: number) => void): void {
	const { currentTarget, pointerId, clientY } = event;
	currentTarget.setPointerCapture(pointerId);
	const move = (next: globalThis.PointerEvent): void =>
		set(Math.max(80, Math.min(window.innerHeight * 0.8, height + clientY - next.clientY)));
	currentTarget.addEventListener('pointermove', move);
	currentTarget.addEventListener('pointerup', () => currentTarget.removeEventListener('pointermove', move), {
		once: true,
	});
}
