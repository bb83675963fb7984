// Runs in the editor of flows: what a hand does there, and how many frames are drawn meanwhile.

interface Frames {
	readonly fps: number;
	/** The frame time that 95 % of all frames stay under. */
	readonly p95: number;
}

const target = (): HTMLElement => {
	const pane = document.querySelector<HTMLElement>('.react-flow__pane');
	if (!pane) throw new Error('No canvas');
	return pane;
};

/** Counts frames for some seconds, doing `work` in each. */
function countFrames(seconds: number, work: (frame: number) => void): Promise<Frames> {
	const times: number[] = [];
	const start = performance.now();
	let last = start;
	return new Promise(resolve => {
		const step = (): void => {
			const now = performance.now();
			times.push(now - last);
			last = now;
			if (now - start >= seconds * 1000) {
				const sorted = [...times].sort((a, b) => a - b);
				return resolve({
					fps: (times.length * 1000) / (now - start),
					p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
				});
			}
			work(times.length);
			requestAnimationFrame(step);
		};
		requestAnimationFrame(step);
	});
}

/** Turns a wheel over the middle of the canvas. Where that is is asked once: asking makes the browser lay out. */
function wheel(): (deltaX: number, deltaY: number, ctrlKey: boolean) => void {
	const pane = target();
	const { left, top, width, height } = pane.getBoundingClientRect();
	const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
	return (deltaX, deltaY, ctrlKey) =>
		void pane.dispatchEvent(new WheelEvent('wheel', { deltaX, deltaY, ctrlKey, ...at }));
}

const bench = {
	/** The same number of plain elements as the graph has, moved by one transform: what this browser can pan at all. */
	async plain(seconds: number): Promise<Frames> {
		const count = document.querySelectorAll('.react-flow__viewport *').length;
		const moved = document.createElement('div');
		moved.style.cssText = 'position: absolute; inset: 0; will-change: transform';
		for (let at = 0; at < count; at++) {
			const element = document.createElement('div');
			const [left, top] = [(at % 60) * 24, Math.floor(at / 60) * 18];
			element.style.cssText = `position: absolute; left: ${left}px; top: ${top}px; border: 1px solid gray`;
			element.textContent = 'text';
			moved.append(element);
		}
		const root = document.getElementById('root')!;
		root.style.display = 'none';
		document.body.append(moved);
		const frames = await countFrames(seconds, frame => {
			const at = frame % 240 < 120 ? frame % 120 : 120 - (frame % 120);
			moved.style.transform = `translate(${-at}px, ${-at / 2}px)`;
		});
		moved.remove();
		root.style.display = '';
		return frames;
	},
	/** Cards in the document. */
	cards: (): number => document.querySelectorAll('.card').length,
	/** The view goes over the flow and back, as a fast wheel or two fingers do it. */
	pan(seconds: number): Promise<Frames> {
		const turn = wheel();
		return countFrames(seconds, frame => turn(frame % 240 < 120 ? 24 : -24, frame % 120 < 60 ? 14 : -14, false));
	},
	/** In and out, from readable cards to the whole flow and back. */
	zoom(seconds: number): Promise<Frames> {
		const turn = wheel();
		return countFrames(seconds, frame => turn(0, frame % 160 < 80 ? 6 : -6, true));
	},
	/** One card is dragged around. */
	async drag(seconds: number): Promise<Frames> {
		const card = [...document.querySelectorAll<HTMLElement>('.card')].find(each => {
			const { left, top } = each.getBoundingClientRect();
			return left > 420 && top > 200;
		});
		if (!card) throw new Error('No card to drag');
		const head = card.querySelector('.card-title') ?? card;
		const { left, top } = head.getBoundingClientRect();
		const mouse = (type: string, dx: number, dy: number): void => {
			const place = { clientX: left + 10 + dx, clientY: top + 8 + dy };
			const on: EventTarget = type === 'mousedown' ? head : window;
			on.dispatchEvent(
				new MouseEvent(type, { bubbles: true, cancelable: true, view: window, button: 0, buttons: 1, ...place }),
			);
		};
		mouse('mousedown', 0, 0);
		const frames = await countFrames(seconds, frame =>
			mouse('mousemove', 120 * Math.sin(frame / 20), 90 * Math.sin(frame / 27)),
		);
		mouse('mouseup', 0, 0);
		return frames;
	},
};
export type CanvasBench = typeof bench;
Object.assign(globalThis, { bench });
