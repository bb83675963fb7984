/** So deep can elements stand in each other: further in, only their text is left. No page that a person wrote comes near. */
const depthLimit = 100;

/** Elements that hold nothing, or are there once. */
const alone = words('area base br col embed hr img input link meta param source track wbr html head body');
/** Elements that may be left open: what comes behind them ends them. */
const ended: Readonly<Record<string, ReadonlySet<string>>> = {
	li: words('li'),
	dt: words('dt dd'),
	dd: words('dt dd'),
	option: words('option'),
	p: words('p'),
};
/** Parts of a table that may be left open, and what ends them. */
const cells: Readonly<Record<string, readonly string[]>> = { tr: ['tr'], td: ['td', 'th'], th: ['td', 'th'] };
/** Ends of these end everything that was begun in them. */
const tableParts = words('table thead tbody tfoot tr td th caption');
/** So far up an end may look for its beginning. */
const reach = 8;

function words(text: string): ReadonlySet<string> {
	return new Set(text.split(' '));
}

/**
 * HTML without the tags that stand too deep in others. Parsers and converters need time that grows with the square of the
 * depth, and stack for each level: a file of a megabyte could hold them for hours.
 */
export function flattened(html: string): string {
	const open: string[] = [];
	const kept: string[] = [];
	let from = 0;
	for (const { at, end, name, isClosing } of tags(html)) {
		if (alone.has(name)) continue;
		if (isClosing) {
			close(open, name);
			continue;
		}
		begin(open, name);
		if (open.length < depthLimit) {
			open.push(name);
			continue;
		}
		kept.push(html.slice(from, at), ' ');
		from = end;
	}
	return from === 0 ? html : kept.join('') + html.slice(from);
}

/** Ends what an element ends by beginning. */
function begin(open: string[], name: string): void {
	for (const part of Object.hasOwn(cells, name) ? (cells[name] ?? []) : []) close(open, part);
	const ends = Object.hasOwn(ended, name) ? ended[name] : undefined;
	if (!ends) return;
	if (open.at(-1) === 'p') open.pop();
	while (ends.has(open.at(-1) ?? '')) open.pop();
}

/**
 * Ends an element. What was begun in it and not ended counts on, unless a parser ends it for certain: taking a page for
 * deeper than it is costs some formatting, and the other way round it would cost hours.
 */
function close(open: string[], name: string): void {
	if (tableParts.has(name)) {
		const at = open.lastIndexOf(name);
		const isHidden = open.slice(at + 1).some(inner => inner === 'table' || inner === 'template');
		if (at >= 0 && !isHidden) open.length = at;
		return;
	}
	while (open.length > 0 && open.at(-1) !== name && Object.hasOwn(ended, open.at(-1) ?? '')) open.pop();
	const at = open.lastIndexOf(name);
	if (at >= 0 && at >= open.length - reach) open.splice(at, 1);
}

interface Tag {
	readonly at: number;
	readonly end: number;
	readonly name: string;
	readonly isClosing: boolean;
}

/** The tags of a page, without what stands in comments, scripts and styles. */
function* tags(html: string): Generator<Tag> {
	const tag = /<(?:!--|(\/?)([a-z][^\s/>]*))/giu;
	for (let found = tag.exec(html); found; found = tag.exec(html)) {
		const [, slash, name] = found;
		const end = name === undefined ? after(html, '-->', tag.lastIndex) : after(html, '>', tag.lastIndex);
		// What is not closed is no tag, and nor is anything behind it.
		if (end < 0) return;
		tag.lastIndex = end;
		if (name === undefined) continue;
		const lower = name.toLowerCase();
		if (slash === '' && (lower === 'script' || lower === 'style')) {
			const close = lower === 'script' ? /<\/script/giu : /<\/style/giu;
			close.lastIndex = end;
			if (!close.test(html)) return;
			tag.lastIndex = close.lastIndex;
			continue;
		}
		yield { at: found.index, end, name: lower, isClosing: slash !== '' };
	}
}

function after(text: string, what: string, from: number): number {
	const at = text.indexOf(what, from);
	return at < 0 ? -1 : at + what.length;
}
