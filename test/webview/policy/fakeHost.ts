// The host's side of the policy page, without VS Code and without the disk.
import { connect, serve, type Client } from '../../../src/core/rpc/rpc';
import type { PolicyContract } from '../../../src/core/safety/policyProtocol';
import { linkedPorts } from '../gallery/linkedPorts';

type Requests = PolicyContract['requests'];

/** What the host answers. */
export interface Answers {
	view(revoked: ReadonlySet<string>): Requests['view']['result'];
	explain(text: string): Requests['explain']['result'];
}

export interface FakeHost {
	readonly client: Client<PolicyContract>;
	readonly calls: { readonly name: string; readonly params: unknown }[];
	failing: Error | undefined;
	emitChanged(): void;
}

/** A page's client and what its host was asked. */
export function createFakeHost(answers: Answers): FakeHost {
	const [page, host] = linkedPorts();
	const calls: { name: string; params: unknown }[] = [];
	const revoked = new Set<string>();
	const fake: FakeHost = {
		client: connect<PolicyContract>(page),
		calls,
		failing: undefined,
		emitChanged: () => server.emit('changed', null),
	};
	const note = (name: string, params: unknown): void => {
		calls.push({ name, params });
		if (fake.failing) throw fake.failing;
	};
	const server = serve<PolicyContract>(host, {
		view: params => {
			note('view', params);
			return answers.view(revoked);
		},
		explain: params => {
			note('explain', params);
			return answers.explain(params.text);
		},
		revoke: params => {
			note('revoke', params);
			revoked.add(params.id);
			server.emit('changed', null);
		},
		openSetting: params => note('openSetting', params),
		openFile: params => note('openFile', params),
	});
	return fake;
}
