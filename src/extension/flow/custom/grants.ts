import * as vscode from 'vscode';
import { Emitter } from '../../../core/base/event';
import { Owner } from '../../../core/base/lifecycle';
import { capabilityWords } from '../../../core/flow/custom/capabilities';
import type { CapabilityGrants } from '../../../core/flow/custom/customNode';
import type { CustomNodeView } from '../../../core/flow/custom/customNodes';
import type { Host } from '../../host/context';
import type { NodeGrant } from '../../host/state';

const allow = { title: 'Allow' };
const show = { title: 'Open the File' };

/** What custom nodes may reach: granted by the user, to one version of a file, kept outside of the repository. */
export class NodeGrants extends Owner implements CapabilityGrants {
	readonly #host: Host;
	readonly #changed = this.own(new Emitter<void>());
	readonly onDidChange = this.#changed.event;

	constructor(host: Host) {
		super();
		this.#host = host;
	}

	granted(hash: string): readonly string[] {
		const { nodeGrants } = this.#host.state;
		return Object.hasOwn(nodeGrants, hash) ? (nodeGrants[hash]?.capabilities ?? []) : [];
	}

	/** Every grant with the hash that it holds for, the newest first. */
	list(): readonly (NodeGrant & { readonly hash: string })[] {
		return Object.entries(this.#host.state.nodeGrants)
			.map(([hash, grant]) => ({ hash, ...grant }))
			.sort((a, b) => b.at - a.at);
	}

	/** Whether an earlier version of this file was allowed something. */
	hadEarlier({ type, hash }: Pick<CustomNodeView, 'type' | 'hash'>): boolean {
		return this.list().some(grant => grant.type === type && grant.hash !== hash);
	}

	async revoke(hash: string): Promise<void> {
		const { [hash]: _gone, ...others } = this.#host.state.nodeGrants;
		await this.#host.state.setNodeGrants(others);
		this.#changed.fire();
	}

	/**
	 * Asks for what a node declares and has not been granted, in VS Code's own question, which no page can answer.
	 * @returns whether it may run; `false` when the user does not want it to
	 */
	async ask(node: Omit<CustomNodeView, 'missing'>, open: () => Promise<void>): Promise<boolean> {
		const { type, title, path, hash, capabilities } = node;
		const granted = new Set(this.granted(hash));
		if (capabilities.every(name => granted.has(name))) return true;
		const wishes = capabilities.map(name => `• ${capabilityWords(name)}`).join('\n');
		const earlier = this.hadEarlier(node) ? 'The file has changed since you allowed an earlier version of it. ' : '';
		const detail = `${path} asks to:\n\n${wishes}\n\n${earlier}It runs in a sandbox and reaches nothing else; each request still passes the safety gate. Your yes holds for exactly this version of the file.`;
		const question = `May the custom node “${title}” reach out of its sandbox?`;
		const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, allow, show);
		if (picked === show) await open();
		if (picked !== allow) return false;
		const grant: NodeGrant = { type, path, capabilities, at: this.#host.clock.now() };
		await this.#host.state.setNodeGrants({ ...this.#host.state.nodeGrants, [hash]: grant });
		this.#changed.fire();
		return true;
	}
}
