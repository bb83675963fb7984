import { flowSchema } from '../../src/core/flow/model/schema';
import { builtInCatalog } from '../../src/core/flow/nodes/catalog';

export const schemaText = JSON.stringify(flowSchema(builtInCatalog));
