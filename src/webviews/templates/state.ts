import type { TemplateView } from '../../core/flow/templates/galleryProtocol';

/** Everything the gallery shows. */
export interface GalleryState {
	/** `null` until the host has told them. */
	readonly templates: readonly TemplateView[] | null;
	readonly words: string;
	/** '' for all. */
	readonly category: string;
	readonly selected: string | null;
	/** Where there is no room for both: the template is shown instead of the list. */
	readonly isOpen: boolean;
	readonly failure: string | null;
}

export type GalleryAction =
	| { readonly type: 'templates'; readonly templates: readonly TemplateView[] }
	| { readonly type: 'words'; readonly words: string }
	| { readonly type: 'category'; readonly category: string }
	| { readonly type: 'select'; readonly id: string }
	| { readonly type: 'move'; readonly by: number }
	| { readonly type: 'showAll' }
	| { readonly type: 'open' }
	| { readonly type: 'close' }
	| { readonly type: 'failed'; readonly error: unknown };

/** What a page that was closed and opened again begins with. */
export type Kept = Partial<Pick<GalleryState, 'words' | 'category' | 'selected'>>;

export function initialState({ words = '', category = '', selected = null }: Kept = {}): GalleryState {
	return { templates: null, words, category, selected, isOpen: false, failure: null };
}

/** The next state of the gallery. */
export function reduce(state: GalleryState, action: GalleryAction): GalleryState {
	switch (action.type) {
		case 'templates':
			return settled({ ...state, templates: action.templates, failure: null });
		case 'words':
			return settled({ ...state, words: action.words });
		case 'category':
			return settled({ ...state, category: action.category });
		case 'showAll':
			return settled({ ...state, words: '', category: '' });
		case 'select':
			return { ...state, selected: action.id, failure: null };
		case 'move':
			return moved(state, action.by);
		case 'open':
			return { ...state, isOpen: true, failure: null };
		case 'close':
			return { ...state, isOpen: false };
		default:
			return { ...state, failure: action.error instanceof Error ? action.error.message : String(action.error) };
	}
}

/** Templates that the words and the category leave, in the order of the gallery. */
export function found({ templates, words, category }: GalleryState): readonly TemplateView[] {
	const wanted = words
		.toLowerCase()
		.split(/\s+/u)
		.filter(word => word !== '');
	return (templates ?? []).filter(template => {
		if (category !== '' && template.category !== category) return false;
		const { name, description, category: group, needs, effects } = template;
		const text = [name, description, group, ...needs, ...effects.map(({ does }) => does)].join('\n').toLowerCase();
		return wanted.every(word => text.includes(word));
	});
}

/** Categories in the order of their first templates. */
export function categories(templates: readonly TemplateView[]): readonly string[] {
	return [...new Set(templates.map(({ category }) => category))];
}

/** Something is selected as long as there is something. */
function settled(state: GalleryState): GalleryState {
	if (state.templates === null) return state;
	const list = found(state);
	const isThere = list.some(({ id }) => id === state.selected);
	return isThere ? state : { ...state, selected: list[0]?.id ?? null };
}

function moved(state: GalleryState, by: number): GalleryState {
	const list = found(state);
	if (list.length === 0) return state;
	const at = list.findIndex(({ id }) => id === state.selected);
	const next = list[Math.max(0, Math.min(list.length - 1, at + by))];
	return { ...state, selected: next?.id ?? null, failure: null };
}
