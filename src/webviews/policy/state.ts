import { errorText } from '../../core/base/errors';
import type { Explanation } from '../../core/safety/explain';
import type { PolicyView, ToolGroup } from '../../core/safety/policyProtocol';

/** What the box for pasted calls answered. */
export type Answer =
	| { readonly kind: 'explained'; readonly explanation: Explanation }
	| { readonly kind: 'problem'; readonly problem: string };

export interface PageState {
	readonly view: PolicyView | null;
	readonly failure: string | null;
	/** What the tools are narrowed to. */
	readonly filter: string;
	/** Only tools that somebody raised. */
	readonly isRaisedOnly: boolean;
	readonly pasted: string;
	readonly answer: Answer | null;
}

export type PageAction =
	| { readonly type: 'view'; readonly view: PolicyView }
	| { readonly type: 'failed'; readonly error: unknown }
	| { readonly type: 'filter'; readonly filter: string }
	| { readonly type: 'raisedOnly'; readonly isRaisedOnly: boolean }
	| { readonly type: 'pasted'; readonly pasted: string }
	| { readonly type: 'answer'; readonly of: string; readonly answer: Explanation | { readonly problem: string } };

export const initialState: PageState = {
	view: null,
	failure: null,
	filter: '',
	isRaisedOnly: false,
	pasted: '',
	answer: null,
};

/** The page's state after something happened. */
export function reduce(state: PageState, action: PageAction): PageState {
	switch (action.type) {
		case 'view':
			return { ...state, view: action.view, failure: null };
		case 'failed':
			return { ...state, failure: errorText(action.error) };
		case 'filter':
			return { ...state, filter: action.filter };
		case 'raisedOnly':
			return { ...state, isRaisedOnly: action.isRaisedOnly };
		case 'pasted':
			return { ...state, pasted: action.pasted, answer: action.pasted.trim() === '' ? null : state.answer };
		default:
			// An answer to what was pasted before says nothing about what stands there now.
			return action.of === state.pasted ? { ...state, answer: answerOf(action.answer) } : state;
	}
}

function answerOf(answer: Explanation | { readonly problem: string }): Answer {
	return 'problem' in answer
		? { kind: 'problem', problem: answer.problem }
		: { kind: 'explained', explanation: answer };
}

/** The groups with the tools that the filter leaves. */
export function shownGroups({ view, filter, isRaisedOnly }: PageState): readonly ToolGroup[] {
	const words = filter.toLowerCase().split(/\s+/u).filter(Boolean);
	return (view?.groups ?? [])
		.map(group => ({
			...group,
			tools: group.tools.filter(tool => {
				const text = `${tool.name} ${tool.title} ${tool.tier} ${tool.does}`.toLowerCase();
				return words.every(word => text.includes(word)) && (!isRaisedOnly || tool.raised.length > 0);
			}),
		}))
		.filter(group => group.tools.length > 0);
}
