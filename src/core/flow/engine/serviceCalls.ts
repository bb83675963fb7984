import { CancelledError } from '../../base/errors';
import type { NanoDollars } from '../../base/money';
import { addUsage, type Usage } from '../../ledger/events';
import type { ToolOutcome } from '../../tools/toolRunner';
import type { AgentAnswer, AgentRequest, FlowModelRequest, ModelAnswer } from '../nodes/context';
import type { RunEvent } from './events';
import { missing, type CallerNode } from './hub';
import type { ModelUse, ServiceCall } from './services';

type CallEvent = Extract<RunEvent, { type: 'run.call' }>;

/** One call of a tool, a model or an agent: told when it begins and ends, and counted. */
class Exchange {
	readonly #call: CallerNode;
	readonly #about: Pick<CallEvent, 'type' | 'place' | 'attempt' | 'call' | 'kind' | 'name' | 'title'>;
	#usage: Usage | null = null;
	#cost: NanoDollars | null = null;

	constructor(call: CallerNode, kind: CallEvent['kind'], name: string, title: string) {
		const id = call.hub.nextCallId();
		const line = title.replace(/\s+/g, ' ').trim().slice(0, 200);
		this.#call = call;
		this.#about = { type: 'run.call', place: call.place, attempt: call.attempt, call: id, kind, name, title: line };
	}

	begin(): void {
		this.#call.emit({ ...this.#about, status: 'running', usage: null, cost: null });
	}

	end(status: CallEvent['status']): void {
		this.#call.emit({ ...this.#about, status, usage: this.#usage, cost: this.#cost });
	}

	failed(error: unknown): void {
		this.end(error instanceof CancelledError || this.#call.isOver ? 'stopped' : 'failed');
	}

	service(maxCost: NanoDollars | null): ServiceCall {
		const call = this.#call;
		const { hub } = call;
		return {
			execution: hub.execution,
			place: call.place,
			step: call.step,
			call: this.#about.call,
			asker: `${hub.title} › ${call.compiled.node.name ?? call.compiled.id}`,
			cwd: hub.cwd,
			signal: call.signal,
			maxCost,
			progress: text => call.progress(text),
			used: use => this.#used(use),
		};
	}

	/** Counted also when the node is over: it was paid for. */
	#used({ provider, model, usage, cost, basis }: ModelUse): void {
		const call = this.#call;
		call.hub.meter.charge(`${provider}/${model}`, usage, cost);
		if (cost !== null) {
			call.cost = (call.cost ?? 0) + cost;
			this.#cost = (this.#cost ?? 0) + cost;
		}
		if (!usage) return;
		this.#usage = this.#usage ? addUsage(this.#usage, usage) : usage;
		call.hub.emit({ type: 'run.usage', place: call.place, provider, model, usage, cost, basis });
	}
}

export async function callTool(
	call: CallerNode,
	name: string,
	input: Readonly<Record<string, unknown>>,
	secrets?: Readonly<Record<string, string>>,
): Promise<ToolOutcome> {
	const tools = call.hub.services.tools ?? missing('tools');
	const exchange = new Exchange(call, 'tool', name, titleOfInput(input));
	exchange.begin();
	try {
		const service = exchange.service(null);
		const outcome = await tools.call(name, input, secrets ? { ...service, secrets } : service);
		const isRefused = outcome.status === 'refused' || outcome.status === 'stopped';
		exchange.end(isRefused ? outcome.status : outcome.isError ? 'failed' : 'succeeded');
		return outcome;
	} catch (error) {
		exchange.failed(error);
		throw error;
	}
}

export async function callModel(call: CallerNode, request: FlowModelRequest): Promise<ModelAnswer> {
	const models = call.hub.services.models ?? missing('models');
	const { provider, model } = models.resolve(request.model);
	const name = `${provider}/${model}`;
	const last = request.messages.at(-1);
	const title = last && 'text' in last ? last.text : (last?.parts.find(part => part.type === 'text')?.text ?? '');
	const ask = (service: ServiceCall): Promise<ModelAnswer> => models.complete(request, service);
	return limited(call, { provider, name, kind: 'model', title }, ask);
}

export async function callAgent(call: CallerNode, request: AgentRequest): Promise<AgentAnswer> {
	const agents = call.hub.services.agents ?? missing('agents');
	const name = `claude/${request.model === '' ? 'default' : request.model}`;
	const ask = (service: ServiceCall): Promise<AgentAnswer> => agents.run(request, service);
	return limited(call, { provider: 'claude', name, kind: 'agent', title: request.prompt }, ask);
}

interface Asked {
	readonly provider: string;
	readonly name: string;
	readonly kind: 'model' | 'agent';
	readonly title: string;
}

/** Waits for its turn at the provider and for room under the caps, and asks. */
async function limited<T>(
	call: CallerNode,
	{ provider, name, kind, title }: Asked,
	ask: (service: ServiceCall) => Promise<T>,
): Promise<T> {
	const { hub, signal } = call;
	const turn = hub.semaphore(provider);
	const leave = turn.isFree ? await turn.enter(signal) : await call.parked(() => turn.enter(signal));
	try {
		const room = await hub.meter.reserve(name);
		const exchange = new Exchange(call, kind, name, title);
		try {
			if (signal.aborted) throw new CancelledError();
			exchange.begin();
			const answer = await ask(exchange.service(room.maxCost));
			exchange.end('succeeded');
			return answer;
		} catch (error) {
			exchange.failed(error);
			throw error;
		} finally {
			room.release();
		}
	} finally {
		leave();
	}
}

/** What says most about a call in one line. */
function titleOfInput(input: Readonly<Record<string, unknown>>): string {
	for (const key of ['command', 'file_path', 'path', 'url', 'query', 'pattern', 'text']) {
		const value = input[key];
		if (typeof value === 'string') return value;
	}
	return Object.keys(input).length === 0 ? '' : JSON.stringify(input).slice(0, 200);
}
