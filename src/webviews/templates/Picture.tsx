import { useEffect, useRef, useState, type CSSProperties, type ReactElement, type RefObject } from 'react';
import type { FlowPicture, PictureBox } from '../../core/flow/templates/picture';
import { Codicon } from '../shared/components/Codicon';

/** Smaller, and names could not be read; larger, and little would be seen. */
const smallest = 0.36;
const largest = 0.62;
const usualWidth = 640;

/** The graph of a template, to look at: as wide as there is room, and scrolled where that is not enough. */
export function Picture({ picture, name }: { readonly picture: FlowPicture; readonly name: string }): ReactElement {
	const { width, height, boxes, edges } = picture;
	const frame = useRef<HTMLDivElement>(null);
	const room = useWidth(frame);
	const scale = Math.max(smallest, Math.min(largest, (room - 26) / Math.max(1, width)));
	const steps = boxes.filter(({ shape }) => shape !== 'note').map(({ title }) => title);
	return (
		<div ref={frame} className="picture" tabIndex={0} role="group" aria-label={`Graph of ${name}`}>
			<div
				className="picture-sheet"
				role="img"
				aria-label={`${steps.length} steps: ${steps.join(', ')}`}
				style={{ width: width * scale, height: height * scale }}
			>
				{boxes.map((box, at) => box.shape === 'container' && <Box key={at} box={box} scale={scale} />)}
				<svg width={width * scale} height={height * scale} viewBox={`0 0 ${width} ${height}`}>
					{edges.map(([x1, y1, x2, y2], at) => (
						<path key={at} d={curve(x1, y1, x2, y2)} />
					))}
				</svg>
				{boxes.map((box, at) => box.shape !== 'container' && <Box key={at} box={box} scale={scale} />)}
			</div>
		</div>
	);
}

function Box({ box, scale }: { readonly box: PictureBox; readonly scale: number }): ReactElement {
	const { title, icon, category, shape, x, y, width, height } = box;
	const style: CSSProperties = { left: x * scale, top: y * scale, width: width * scale, height: height * scale };
	return (
		<div className={`picture-box shape-${shape} category-${category.toLowerCase()}`} style={style} title={title}>
			<Codicon name={icon} />
			<span>{title}</span>
		</div>
	);
}

/** From right to left as on the canvas. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
	const bend = Math.max(30, Math.abs(x2 - x1) / 2);
	return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

function useWidth(element: RefObject<HTMLElement | null>): number {
	const [width, setWidth] = useState(usualWidth);
	useEffect(() => {
		const { current } = element;
		if (!current) return undefined;
		const observer = new ResizeObserver(() => setWidth(current.clientWidth));
		observer.observe(current);
		return () => observer.disconnect();
	}, [element]);
	return width;
}
