import { builtInCatalog } from '../../src/core/flow/nodes/catalog';
import { nodesReference } from '../../src/core/flow/nodes/reference';

export const referenceText = nodesReference(builtInCatalog.list());
