import { ExpectedError } from '../../base/errors';

/**
 * `syntax`: it cannot be read. `missing`: something that it asks for has no value. `unknown`: there is no such name or
 * function. `type`: a value is of a kind that cannot be used so. `too-much`: it takes more steps, depth or room than an
 * expression may.
 */
export type ExpressionProblem = 'syntax' | 'missing' | 'unknown' | 'type' | 'too-much';

/** Why an expression has no value, in a sentence for whoever wrote it. */
export class ExpressionError extends ExpectedError<ExpressionProblem> {
	/** Where in the expression's own text; `undefined` when it is the whole. */
	readonly offset: number | undefined;

	constructor(code: ExpressionProblem, message: string, offset?: number) {
		super(code, message);
		this.name = 'ExpressionError';
		this.offset = offset;
	}
}
