import { CancelledError } from '../../base/errors';
import type { Json } from '../../base/json';
import { ProviderError, type ProviderErrorCode } from '../../providers/provider';
import type { NodeId } from '../model/flow';
import { FlowError } from './errors';
import { errorValue, messageOf } from './values';

/** A node failed and nothing caught it: what a frame ends with. Names the innermost node. */
export class NodeFailure extends Error {
	readonly node: NodeId;
	readonly error: unknown;

	constructor(node: NodeId, error: unknown) {
		super(`'${node}' failed: ${messageOf(error)}`, { cause: error });
		this.name = 'NodeFailure';
		this.node = node;
		this.error = error;
	}

	/** The failure of a container is that of the node inside of it. */
	static of(node: NodeId, error: unknown): NodeFailure {
		return error instanceof NodeFailure ? error : new NodeFailure(node, error);
	}

	/** As it comes out of an `error` port. */
	get value(): Json {
		return errorValue(this.error, this.node);
	}
}

const hopeless: ReadonlySet<ProviderErrorCode> = new Set([
	'no-key',
	'wrong-key',
	'no-model',
	'no-quota',
	'too-long',
	'filtered',
	'no-tools',
	'no-images',
	'redirected',
	'bad-request',
]);

/** Whether the same could go well another time. */
export function isWorthRetrying(error: unknown): boolean {
	const inner = error instanceof NodeFailure ? error.error : error;
	if (inner instanceof CancelledError) return false;
	if (inner instanceof ProviderError) return !hopeless.has(inner.code);
	// What the engine itself refuses is refused again, but for what took too long.
	return !(inner instanceof FlowError) || inner.code === 'node-timeout' || inner.code === 'race-lost';
}

/** What a server said about when to come back. */
export function retryAfterOf(error: unknown): number | null {
	const inner = error instanceof NodeFailure ? error.error : error;
	return inner instanceof ProviderError ? inner.retryAfterMs : null;
}
