import { Emitter } from '../../core/base/event';
import { Owner } from '../../core/base/lifecycle';
import type { NodeTypeView } from '../../core/flow/editorProtocol';
import { nodeTypeView } from '../../core/flow/editorViews';
import type { ValidationWorld } from '../../core/flow/model/validate/checks';
import { builtInCatalog, catalogOf } from '../../core/flow/nodes/catalog';
import type { NodeCatalog, NodeType, PortWorld } from '../../core/flow/nodes/nodeType';
import type { Toolbox } from '../../core/tools/toolbox';
import type { Host } from '../host/context';
import type { WorkspaceNodes } from './custom/nodes';
import { CalledFlows } from './files';
import type { FlowSecrets } from './secrets';

/** What flows are checked against: node types, other flows, tools and the names of secrets, as they are now. */
export class FlowWorld extends Owner {
	readonly flows = new CalledFlows();
	readonly secrets: FlowSecrets;
	readonly nodes: WorkspaceNodes;
	readonly #host: Host;
	readonly #toolbox: Toolbox;
	#custom: readonly NodeType[] = [];
	#catalog: NodeCatalog = builtInCatalog;
	#views: readonly NodeTypeView[] | undefined;
	readonly #changed = this.own(new Emitter<void>());
	/** Something that flows are checked against is another. */
	readonly onDidChange = this.#changed.event;
	readonly #types = this.own(new Emitter<void>());
	/** Node types came, changed or went. */
	readonly onDidChangeTypes = this.#types.event;

	constructor(host: Host, toolbox: Toolbox, secrets: FlowSecrets, nodes: WorkspaceNodes) {
		super();
		this.#host = host;
		this.#toolbox = toolbox;
		this.secrets = secrets;
		this.nodes = nodes;
		this.own(nodes.onDidChange(() => this.#takeTypes()));
		this.own(toolbox.onDidChange(() => this.#changed.fire()));
		this.own(secrets.onDidChange(() => this.#changed.fire()));
	}

	get catalog(): NodeCatalog {
		return this.#catalog;
	}

	/** Resolves when the custom nodes of the workspace are known. */
	get ready(): Promise<void> {
		return this.nodes.ready;
	}

	/** Node types as pages need them. */
	get views(): readonly NodeTypeView[] {
		return (this.#views ??= this.catalog.list().map(nodeTypeView));
	}

	readonly ports: PortWorld = {
		flow: path => this.flows.find(path),
		tool: name => this.#toolbox.find(name)?.schema,
	};

	/** For the checks of one flow, which is called as its runs are (`fileOf`). */
	validationOf(flow: string): ValidationWorld {
		const ran = this.#host.state.flowNodeVersions(flow);
		return {
			...this.ports,
			secrets: new Set(this.secrets.names),
			custom: type => (type.startsWith('custom.') ? this.nodes.remark(type, ran[type]) : undefined),
		};
	}

	/** Versions of custom nodes that a flow ran with last, as one text. */
	ranVersionsOf(flow: string): string {
		return JSON.stringify(this.#host.state.flowNodeVersions(flow));
	}

	#takeTypes(): void {
		const { types } = this.nodes;
		if (types.length !== this.#custom.length || types.some((type, at) => type !== this.#custom[at])) {
			this.#custom = types;
			this.#catalog = types.length === 0 ? builtInCatalog : catalogOf([...builtInCatalog.list(), ...types]);
			this.#views = undefined;
			this.#types.fire();
		}
		this.#changed.fire();
	}
}
