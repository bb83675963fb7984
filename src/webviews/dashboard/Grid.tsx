import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { GridLayout, type LayoutItem } from 'react-grid-layout';
import { compact } from '../../core/dashboard/arrange';
import {
	columnsOf,
	limits,
	widthClassOf,
	type Dashboard,
	type Layout,
	type Widget,
	type WidthClass,
} from '../../core/dashboard/dashboard';
import { leastSizeOf } from '../../core/dashboard/edits';

const rowHeight = 34;
const gap = 8;

export interface GridProps {
	readonly dashboard: Dashboard;
	readonly layout: Layout;
	readonly width: WidthClass;
	readonly pixels: number;
	readonly onArrange: (layout: Layout) => void;
	readonly children: (widget: Widget) => ReactElement;
}

/** The widgets on their grid; they are pulled by their headers and made larger at their corners. */
export function Grid({ dashboard, layout, width, pixels, onArrange, children }: GridProps): ReactElement {
	const columns = columnsOf[width];
	const items = useMemo(
		() => dashboard.widgets.map(widget => itemOf(widget, layout, width)),
		[dashboard, layout, width],
	);
	const arrange = (next: readonly LayoutItem[]): void => {
		const places = Object.fromEntries(next.map(({ i, x, y, w, h }) => [i, { x, y, w, h }]));
		const arranged = compact(places, columns);
		if (JSON.stringify(arranged) !== JSON.stringify(compact(layout, columns))) onArrange(arranged);
	};
	return (
		<GridLayout
			className="grid"
			width={pixels}
			layout={items}
			gridConfig={{ cols: columns, rowHeight, margin: [gap, gap], containerPadding: [0, 0] }}
			dragConfig={{ handle: '.widget-head', cancel: 'button, input, a', threshold: 3 }}
			resizeConfig={{ handles: ['se'] }}
			onDragStop={arrange}
			onResizeStop={arrange}
		>
			{dashboard.widgets.map(widget => (
				<div key={widget.id} className="cell">
					{children(widget)}
				</div>
			))}
		</GridLayout>
	);
}

function itemOf(widget: Widget, layout: Layout, width: WidthClass): LayoutItem {
	const at = layout[widget.id] ?? { x: 0, y: 0, w: 1, h: 3 };
	const least = leastSizeOf(widget, width);
	return { i: widget.id, ...at, minW: Math.min(least.w, at.w), minH: Math.min(least.h, at.h), maxH: limits.rows };
}

/** How wide an element is, and its width class; follows its size. */
export function useWidth(element: RefObject<HTMLElement | null>): {
	readonly pixels: number;
	readonly width: WidthClass;
} {
	const [pixels, setPixels] = useState(0);
	useLayoutEffect(() => {
		const measured = element.current;
		if (!measured) return undefined;
		const measure = (): void => {
			const style = getComputedStyle(measured);
			setPixels(
				measured.clientWidth -
					Number.parseFloat(style.paddingLeft || '0') -
					Number.parseFloat(style.paddingRight || '0'),
			);
		};
		measure();
		const observer = new ResizeObserver(measure);
		observer.observe(measured);
		return () => observer.disconnect();
	}, [element]);
	return { pixels, width: widthClassOf(pixels) };
}

/** Whether an element is in view, or nearly; where nobody can say, it is. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
	const [isSeen, setIsSeen] = useState(typeof IntersectionObserver === 'undefined');
	const last = useRef(isSeen);
	useEffect(() => {
		if (!element.current || typeof IntersectionObserver === 'undefined') return undefined;
		const observer = new IntersectionObserver(
			entries => {
				const now = entries.at(-1)?.isIntersecting ?? true;
				if (now !== last.current) setIsSeen((last.current = now));
			},
			{ rootMargin: '80px' },
		);
		observer.observe(element.current);
		return () => observer.disconnect();
	}, [element]);
	return isSeen;
}
