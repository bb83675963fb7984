import type { Json } from '../../../base/json';
import type { FlowNode } from '../../model/flow';
import type { JsonObject } from '../json';
import type { N8nScope } from './expressions';
import type { N8nNode } from './shape';

/** What a mapping may use to translate one node. */
export interface Translation {
	readonly node: N8nNode;
	readonly parameters: JsonObject;
	readonly scope: N8nScope;
	/** A parameter, with its expressions translated. */
	readonly value: (value: Json | undefined) => Json | undefined;
	/** The same for a text; '' when nothing stands there. */
	readonly text: (value: Json | undefined) => string;
	/** The name of a secret that stands for n8n's credentials; '' without them. */
	readonly secret: () => string;
	/** Says what of the node behaves otherwise here. */
	readonly flag: (text: string) => void;
	readonly drop: (text: string) => void;
	/** Parts that hang on the node by edges of these kinds: models, tools, memories. */
	readonly parts: (type: string) => readonly N8nNode[];
}

/** One kind of n8n's nodes, and what it is here. */
export interface Mapping {
	/** Our type, with its version. */
	readonly type: string;
	/** Our ports by the index of n8n's main inputs; the last one holds for all further ones. */
	readonly inputs: readonly string[] | ((parameters: JsonObject) => readonly string[]);
	/** Our ports by the index of n8n's main outputs. */
	readonly outputs: readonly string[] | ((parameters: JsonObject) => readonly string[]);
	/** How expressions name what comes in, where the port does not carry it. */
	readonly json?: string;
	/** Our parameters; `undefined` when this one cannot be said here, and the node is kept. */
	params(x: Translation): JsonObject | undefined;
	/** More keys of the node. */
	extra?(x: Translation): Partial<FlowNode>;
}
