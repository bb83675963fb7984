import type { ConversationId } from '../base/ids';
import { Emitter } from '../base/event';
import type { Disposable } from '../base/lifecycle';
import type { Classification, GrantScope } from './approval';
import { grantsOf } from './tier';

/** An allowance that outlives its call, as lists show it. */
export interface Grant {
	readonly id: string;
	readonly scope: 'session' | 'workspace';
	/** The conversation of a session grant. */
	readonly conversation: ConversationId | null;
	/** One covered part, with its tier: see `Classification.grantKey`. */
	readonly part: string;
	/** For people: `npm test`. */
	readonly label: string;
	/** Milliseconds since 1970. */
	readonly grantedAt: number;
}

/** What is kept of a workspace grant between windows. */
export interface StoredGrant {
	readonly part: string;
	readonly label: string;
	readonly grantedAt: number;
}

/** Where workspace grants are kept. The host backs it with the workspace's own state. */
export interface GrantStore {
	load(): readonly StoredGrant[];
	save(grants: readonly StoredGrant[]): void;
}

/** Only this tier may be granted for a workspace; what a store says beyond it is not believed. */
const workspacePrefix = 'YELLOW ';

/** The standing allowances: of a conversation (until it ends) and of the workspace (until revoked). */
export class Grants implements Disposable {
	readonly #sessions = new Map<ConversationId, Map<string, Grant>>();
	readonly #store: GrantStore;
	readonly #now: () => number;
	readonly #didChange = new Emitter<void>();
	readonly onDidChange = this.#didChange.event;

	constructor(store: GrantStore, now: () => number = Date.now) {
		this.#store = store;
		this.#now = now;
	}

	/** Which standing allowance covers every part of the call, if one does. */
	covers(classification: Classification, conversation: ConversationId | null): 'session' | 'workspace' | undefined {
		const offered = grantsOf(classification.tier, classification.maxGrant);
		if (classification.grantKey === null || !offered.includes('session')) return undefined;
		const parts = classification.grantKey.split('\n');
		const workspace = offered.includes('workspace') ? new Set(this.#workspace().map(grant => grant.part)) : undefined;
		if (workspace && parts.every(part => workspace.has(part))) return 'workspace';
		const session = conversation === null ? undefined : this.#sessions.get(conversation);
		return session && parts.every(part => session.has(part) || workspace?.has(part)) ? 'session' : undefined;
	}

	/** Remembers an allowance, as far as the call's tier permits; `once` remembers nothing. */
	add(scope: GrantScope, classification: Classification, conversation: ConversationId | null): void {
		const { grantKey, grantLabel, tier, maxGrant } = classification;
		if (scope === 'once' || grantKey === null || !grantsOf(tier, maxGrant).includes(scope)) return;
		const labels = (grantLabel ?? '').split(' · ');
		const grantedAt = this.#now();
		const stored = grantKey.split('\n').map((part, index) => ({ part, label: labels[index] ?? part, grantedAt }));
		if (scope === 'workspace') this.#saveWorkspace(stored);
		else if (conversation !== null) this.#saveSession(stored, conversation);
		this.#didChange.fire();
	}

	/** Every standing allowance, the workspace's first. */
	list(): readonly Grant[] {
		return [...this.#workspace(), ...[...this.#sessions.values()].flatMap(grants => [...grants.values()])];
	}

	/** Takes an allowance back; false when it is not there any more. */
	revoke(id: string): boolean {
		const workspace = this.#workspace();
		const kept = workspace.filter(grant => grant.id !== id);
		let isRevoked = kept.length < workspace.length;
		if (isRevoked) this.#store.save(kept.map(toStored));
		for (const grants of this.#sessions.values()) {
			for (const grant of grants.values()) if (grant.id === id) isRevoked = grants.delete(grant.part) || isRevoked;
		}
		if (isRevoked) this.#didChange.fire();
		return isRevoked;
	}

	/** Forgets what one conversation was allowed. */
	endConversation(conversation: ConversationId): void {
		if (this.#sessions.delete(conversation)) this.#didChange.fire();
	}

	dispose(): void {
		this.#sessions.clear();
		this.#didChange.dispose();
	}

	#workspace(): readonly Grant[] {
		return this.#store
			.load()
			.filter(isStoredGrant)
			.map(grant => ({ ...grant, id: `workspace ${grant.part}`, scope: 'workspace', conversation: null }));
	}

	#saveWorkspace(added: readonly StoredGrant[]): void {
		const known = new Map(this.#workspace().map(grant => [grant.part, toStored(grant)]));
		for (const grant of added.filter(isStoredGrant)) known.set(grant.part, grant);
		this.#store.save([...known.values()]);
	}

	#saveSession(added: readonly StoredGrant[], conversation: ConversationId): void {
		const grants = this.#sessions.get(conversation) ?? new Map<string, Grant>();
		for (const grant of added) {
			grants.set(grant.part, { ...grant, id: `${conversation} ${grant.part}`, scope: 'session', conversation });
		}
		this.#sessions.set(conversation, grants);
	}
}

function toStored({ part, label, grantedAt }: StoredGrant): StoredGrant {
	return { part, label, grantedAt };
}

/** The store is a file that anybody may edit: what has another shape or a higher tier is left out. */
function isStoredGrant(value: StoredGrant): boolean {
	const grant: Partial<Record<keyof StoredGrant, unknown>> | null = value;
	return (
		typeof grant?.part === 'string' &&
		grant.part.startsWith(workspacePrefix) &&
		!grant.part.includes('\n') &&
		typeof grant.label === 'string' &&
		typeof grant.grantedAt === 'number'
	);
}
