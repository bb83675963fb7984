/** Texts of cards, as canvas.css sets them: the title, and all else. */
const looks = { title: { share: 1, weight: 600 }, small: { share: 0.846, weight: 400 } };
type Look = keyof typeof looks;

const mostKnown = 4000;
const known = new Map<string, string>();
const fonts: Partial<Record<Look, string>> = {};
let context: CanvasRenderingContext2D | null | undefined;

/**
 * Cuts a text of a card to so many points. An element that clips its text splits the picture that the browser moves, and
 * hundreds of those make panning slow: cards hold what fits and clip nothing.
 */
export function fitSmall(text: string, width: number): string {
	return fit(text, width, 'small');
}

export function fitTitle(text: string, width: number): string {
	return fit(text, width, 'title');
}

function fit(text: string, width: number, look: Look): string {
	// No letter that people read is narrower: a long text is not measured as a whole.
	const most = Math.ceil(width / 2);
	const begun = text.length > most ? text.slice(0, most) : text;
	const key = `${look} ${width} ${begun}`;
	const before = known.get(key);
	if (before !== undefined) return before;
	if (known.size >= mostKnown) known.clear();
	const fitted = cut(begun, width, look);
	known.set(key, fitted);
	return fitted;
}

function cut(text: string, width: number, look: Look): string {
	if (context === undefined) context = document.createElement('canvas').getContext('2d');
	// Where nothing can be measured nothing is drawn either.
	if (!context) return text;
	context.font = fonts[look] ??= fontOf(look);
	const widthOf = (part: string): number => context!.measureText(part).width;
	if (widthOf(text) <= width) return text;
	const ellipsis = widthOf('…');
	let [least, most] = [0, text.length];
	while (least < most) {
		const middle = Math.ceil((least + most) / 2);
		if (widthOf(text.slice(0, middle)) + ellipsis <= width) least = middle;
		else most = middle - 1;
	}
	return `${text.slice(0, least).trimEnd()}…`;
}

function fontOf(look: Look): string {
	const { fontFamily, fontSize } = getComputedStyle(document.body);
	const { share, weight } = looks[look];
	return `${weight} ${Number.parseFloat(fontSize) * share}px ${fontFamily}`;
}
