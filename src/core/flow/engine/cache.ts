import { hash } from 'node:crypto';
import type { Json } from '../../base/json';
import type { PortValues } from '../nodes/nodeType';
import type { CompiledNode } from './compiled';

/** Results of nodes by what they were made of. */
export interface CacheStore {
	/** At once where it is at hand. */
	get(key: string): PortValues | undefined | Promise<PortValues | undefined>;
	/** Keeps a result. Never throws: a result that cannot be kept is made again. */
	set(key: string, outputs: PortValues): void;
}

/**
 * SHA-256 of all that a node's result depends on. Secrets are in parameters by name only, so their values are in no key.
 * @param params as they are given to the node, with the values of expressions
 * @param outside what its raw expressions read beside its inputs
 */
export function cacheKey(
	node: CompiledNode,
	params: unknown,
	inputs: Readonly<Record<string, Json>>,
	outside: Json = null,
): string {
	const { type, version, revision = '' } = node.type;
	return hash(
		'sha256',
		`${type}@${version}${revision}\n${JSON.stringify(params)}\n${JSON.stringify(inputs)}\n${JSON.stringify(outside)}`,
	);
}
