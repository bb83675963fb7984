import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { NodeTypeView } from '../../core/flow/editorProtocol';
import { nodeTypeView } from '../../core/flow/editorViews';
import type { ValidationWorld } from '../../core/flow/model/validate/checks';
import { builtInCatalog } from '../../core/flow/nodes/catalog';
import type { NodeCatalog, PortWorld } from '../../core/flow/nodes/nodeType';
import type { Toolbox } from '../../core/tools/toolbox';
import { CalledFlows } from './files';
import type { FlowSecrets } from './secrets';

/** What flows are checked against: node types, other flows, tools and the names of secrets, as they are now. */
export class FlowWorld extends Owner {
	readonly flows = new CalledFlows();
	readonly secrets: FlowSecrets;
	readonly #toolbox: Toolbox;
	#views: readonly NodeTypeView[] | undefined;
	readonly #changed = this.own(new Emitter<void>());
	/** Something that flows are checked against is another. */
	readonly onDidChange = this.#changed.event;

	constructor(toolbox: Toolbox, secrets: FlowSecrets) {
		super();
		this.#toolbox = toolbox;
		this.secrets = secrets;
		this.own(toolbox.onDidChange(() => this.#changed.fire()));
		this.own(secrets.onDidChange(() => this.#changed.fire()));
	}

	get catalog(): NodeCatalog {
		return builtInCatalog;
	}

	/** Node types as pages need them. */
	get views(): readonly NodeTypeView[] {
		return (this.#views ??= this.catalog.list().map(nodeTypeView));
	}

	readonly ports: PortWorld = {
		flow: path => this.flows.find(path),
		tool: name => this.#toolbox.find(name)?.schema,
	};

	get validation(): ValidationWorld {
		return { ...this.ports, secrets: new Set(this.secrets.names) };
	}
}
