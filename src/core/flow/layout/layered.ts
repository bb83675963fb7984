/** A box to be placed. */
export interface LayoutBox {
	readonly id: string;
	readonly width: number;
	readonly height: number;
	/** Where it stands now, if anywhere: what is above stays above as far as edges allow. */
	readonly x?: number;
	readonly y?: number;
}

export interface LayoutEdge {
	readonly from: string;
	readonly to: string;
}

export interface LayoutGaps {
	/** Between columns. */
	readonly x: number;
	/** Between boxes of a column. */
	readonly y: number;
}

export interface Placed {
	readonly x: number;
	readonly y: number;
}

export interface Layered {
	readonly places: ReadonlyMap<string, Placed>;
	readonly width: number;
	readonly height: number;
}

const sweeps = 8;

/**
 * Columns from left to right: a box stands behind all that it depends on (longest path), in the middle of what it is
 * connected with (barycentre). Edges that close a circle are turned. O(boxes + edges) a sweep, without recursion; the
 * same graph always gives the same places, whatever the order in which it is told.
 */
export function layered(boxes: readonly LayoutBox[], edges: readonly LayoutEdge[], gaps: LayoutGaps): Layered {
	const graph = new Graph(boxes, edges);
	graph.assignColumns();
	graph.orderColumns();
	return graph.place(gaps);
}

class Graph {
	readonly #boxes: readonly LayoutBox[];
	readonly #out: number[][];
	readonly #in: number[][];
	#column: Int32Array;
	#columns: number[][] = [];
	/** Places in the column's order. */
	#rank: Float64Array;

	constructor(boxes: readonly LayoutBox[], edges: readonly LayoutEdge[]) {
		this.#boxes = [...boxes].sort(byPlace);
		const index = new Map(this.#boxes.map(({ id }, at) => [id, at]));
		this.#out = this.#boxes.map(() => []);
		this.#in = this.#boxes.map(() => []);
		const seen = new Set<string>();
		for (const { from, to } of edges) {
			const [a, b] = [index.get(from), index.get(to)];
			if (a === undefined || b === undefined || a === b || seen.has(`${a} ${b}`)) continue;
			seen.add(`${a} ${b}`);
			this.#out[a]!.push(b);
		}
		for (const list of this.#out) list.sort((a, b) => a - b);
		this.#turnCircles();
		for (const [from, list] of this.#out.entries()) for (const to of list) this.#in[to]!.push(from);
		this.#column = new Int32Array(this.#boxes.length);
		this.#rank = new Float64Array(this.#boxes.length);
	}

	/** Each box right behind the farthest that leads to it; what leads nowhere else is drawn near its follower. */
	assignColumns(): void {
		const order = this.#topological();
		for (const at of order)
			for (const to of this.#out[at]!) this.#column[to] = Math.max(this.#column[to]!, this.#column[at]! + 1);
		for (const at of order.toReversed()) {
			const after = this.#out[at]!;
			if (after.length === 0 || this.#in[at]!.length > 0) continue;
			this.#column[at] = Math.min(...after.map(to => this.#column[to]!)) - 1;
		}
		const count = this.#column.reduce((most, column) => Math.max(most, column + 1), 0);
		this.#columns = Array.from({ length: count }, () => []);
		for (const at of this.#boxes.keys()) this.#columns[this.#column[at]!]!.push(at);
	}

	orderColumns(): void {
		for (const column of this.#columns) this.#rankColumn(column);
		for (let sweep = 0; sweep < sweeps; sweep++) {
			const isDown = sweep % 2 === 0;
			const columns = isDown ? this.#columns : this.#columns.toReversed();
			for (const column of columns) this.#sort(column, isDown ? this.#in : this.#out);
		}
	}

	place({ x: gapX, y: gapY }: LayoutGaps): Layered {
		const centre = this.#centres(gapY);
		const places = new Map<string, Placed>();
		let x = 0;
		let [top, bottom] = [Infinity, -Infinity];
		for (const at of this.#boxes.keys()) top = Math.min(top, centre[at]! - this.#boxes[at]!.height / 2);
		for (const column of this.#columns) {
			const width = column.reduce((most, at) => Math.max(most, this.#boxes[at]!.width), 0);
			for (const at of column) {
				const { id, height } = this.#boxes[at]!;
				const y = centre[at]! - height / 2 - top;
				places.set(id, { x, y });
				bottom = Math.max(bottom, y + height);
			}
			x += width + gapX;
		}
		return { places, width: Math.max(0, x - gapX), height: Math.max(0, bottom) };
	}

	/** An edge back to a box that is being looked at closes a circle: it is drawn the other way round. */
	#turnCircles(): void {
		const state = new Uint8Array(this.#boxes.length);
		const turned: [number, number][] = [];
		for (const root of this.#boxes.keys()) {
			if (state[root] !== 0) continue;
			const open: [at: number, next: number][] = [[root, 0]];
			state[root] = 1;
			for (let top = open.at(-1); top; top = open.at(-1)) {
				const to = this.#out[top[0]]![top[1]++];
				if (to === undefined) {
					state[top[0]] = 2;
					open.pop();
				} else if (state[to] === 0) {
					state[to] = 1;
					open.push([to, 0]);
				} else if (state[to] === 1) turned.push([top[0], to]);
			}
		}
		for (const [from, to] of turned) {
			this.#out[from] = this.#out[from]!.filter(other => other !== to);
			if (!this.#out[to]!.includes(from)) this.#out[to]!.push(from);
		}
	}

	#topological(): readonly number[] {
		const waiting = this.#in.map(list => list.length);
		const order = [...this.#boxes.keys()].filter(at => waiting[at] === 0);
		for (let next = 0; next < order.length; next++) {
			for (const to of this.#out[order[next]!]!) if (--waiting[to]! === 0) order.push(to);
		}
		return order;
	}

	#rankColumn(column: readonly number[]): void {
		const middle = (column.length - 1) / 2;
		for (const [at, box] of column.entries()) this.#rank[box] = at - middle;
	}

	#sort(column: number[], neighbours: readonly number[][]): void {
		const weights = new Map(column.map(at => [at, this.#barycentre(at, neighbours[at]!)]));
		column.sort((a, b) => weights.get(a)! - weights.get(b)! || this.#rank[a]! - this.#rank[b]!);
		this.#rankColumn(column);
	}

	#barycentre(at: number, near: readonly number[]): number {
		if (near.length === 0) return this.#rank[at]!;
		return near.reduce((sum, other) => sum + this.#rank[other]!, 0) / near.length;
	}

	/** Centres of boxes: each as near to the middle of its neighbours as the order and the gaps allow. */
	#centres(gap: number): Float64Array {
		const centre = new Float64Array(this.#boxes.length);
		const wanted = new Float64Array(this.#boxes.length);
		for (const column of this.#columns) this.#spread(column, wanted, centre, gap);
		for (let sweep = 0; sweep < sweeps; sweep++) {
			const isDown = sweep % 2 === 0;
			const columns = isDown ? this.#columns : this.#columns.toReversed();
			const neighbours = isDown ? this.#in : this.#out;
			for (const column of columns) {
				for (const at of column) {
					const near = neighbours[at]!;
					wanted[at] =
						near.length === 0 ? centre[at]! : near.reduce((sum, other) => sum + centre[other]!, 0) / near.length;
				}
				this.#spread(column, wanted, centre, gap);
			}
		}
		return centre;
	}

	/** Boxes that want the same place share it: a run of them that touch is moved to its mean. */
	#spread(column: readonly number[], wanted: Float64Array, centre: Float64Array, gap: number): void {
		const runs: { first: number; count: number; size: number; sum: number }[] = [];
		for (const [first, at] of column.entries()) {
			const size = this.#boxes[at]!.height + gap;
			let run = { first, count: 1, size, sum: wanted[at]! - size / 2 };
			for (let before = runs.at(-1); before; before = runs.at(-1)) {
				if (before.sum / before.count + before.size <= run.sum / run.count) break;
				runs.pop();
				const sum = before.sum + run.sum - run.count * before.size;
				run = { first: before.first, count: before.count + run.count, size: before.size + run.size, sum };
			}
			runs.push(run);
		}
		for (const { first, count, sum } of runs) {
			let top = sum / count;
			for (const at of column.slice(first, first + count)) {
				const size = this.#boxes[at]!.height + gap;
				centre[at] = top + size / 2;
				top += size;
			}
		}
	}
}

/** From top to bottom as they stand now, so that a tidy graph stays as it is; what stands nowhere comes last, by name. */
function byPlace(a: LayoutBox, b: LayoutBox): number {
	const [left, right] = [a.y ?? Infinity, b.y ?? Infinity];
	if (left !== right) return left - right;
	const [near, far] = [a.x ?? Infinity, b.x ?? Infinity];
	if (near !== far) return near - far;
	return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
