import { ExpectedError } from '../../base/errors';
import { fallbackText } from '../../providers/fallback';
import type { ModelRef } from '../../providers/provider';
import type { NoticeItem } from '../items';
import { goOnAction } from './limits';

type Note = Pick<NoticeItem, 'level' | 'code' | 'text'> & Partial<Pick<NoticeItem, 'details' | 'actions'>>;

/** A failure with a button that goes on from where the turn broke off. */
export function retryable(error: ExpectedError): ExpectedError {
	if (error.actions.some(action => action.command === goOnAction.command)) return error;
	const again = { title: 'Try Again', command: goOnAction.command };
	return new ExpectedError(error.code, error.message, {
		details: { ...error.details },
		actions: [again, ...error.actions],
		cause: error,
	});
}

export function fallbackNotice(from: ModelRef, to: ModelRef, error: ExpectedError): Note {
	return {
		level: 'warning',
		code: 'fallback',
		text: fallbackText(from, to, error),
	};
}

export function noToolsNotice(model: string): Note {
	return {
		level: 'info',
		code: 'structured-calls',
		text: `${model} has no tool calling of its own, so it is asked to write its calls as JSON.`,
	};
}

export function noImagesNotice(model: string): Note {
	return {
		level: 'warning',
		code: 'no-images',
		text: `${model} cannot see images: it is told that there is one. Choose a model with vision to have it looked at.`,
	};
}

/** What to say of an answer that is not simply complete. */
export function goneOnNotice(reason: string, model: string, isEmpty: boolean): Note | undefined {
	if (reason === 'length')
		return {
			level: 'warning',
			code: 'max-output',
			text: `The answer reached the longest length that ${model} may write.`,
			actions: [goOnAction],
		};
	if (reason === 'filtered')
		return { level: 'warning', code: 'filtered', text: `The provider’s filter ended the answer of ${model}.` };
	if (isEmpty)
		return {
			level: 'warning',
			code: 'empty',
			text: `${model} answered with nothing.`,
			actions: [{ ...goOnAction, title: 'Try Again' }],
		};
	return undefined;
}
