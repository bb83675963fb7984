import { errorText } from '../base/errors';
import { requestRefused, requestTimedOut, sessionEnded } from './errors';

type Frame = Readonly<Record<string, unknown>>;

interface Pending {
	readonly subtype: string;
	resolve(response: Frame): void;
	reject(error: Error): void;
	readonly timer: ReturnType<typeof setTimeout>;
}

export interface ControlOptions {
	write(frame: Frame): void;
	/** Answers a request of the CLI. The signal aborts when it takes the request back or ends. A rejection is sent as an error. */
	answer(request: Frame, signal: AbortSignal): Promise<Frame>;
}

/** Control requests in both directions over one pair of pipes. Every pending one settles: answered, timed out or ended. */
export class ControlChannel {
	readonly #options: ControlOptions;
	readonly #pending = new Map<string, Pending>();
	readonly #answering = new Map<string, AbortController>();
	#nextId = 1;
	#hasEnded = false;

	constructor(options: ControlOptions) {
		this.#options = options;
	}

	request(subtype: string, fields: Frame, timeoutMs: number): Promise<Frame> {
		if (this.#hasEnded) return Promise.reject(sessionEnded());
		const id = `quarterdeck-${this.#nextId++}`;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => this.#settle(id)?.reject(requestTimedOut(subtype, timeoutMs)), timeoutMs);
			this.#pending.set(id, { subtype, resolve, reject, timer });
			this.#options.write({ type: 'control_request', request_id: id, request: { ...fields, subtype } });
		});
	}

	/** Takes a frame if it belongs to the control protocol; says whether it did. */
	handle(frame: Frame): boolean {
		if (frame['type'] === 'control_response') this.#response(frame['response']);
		else if (frame['type'] === 'control_request') void this.#request(frame);
		else if (frame['type'] === 'control_cancel_request') this.#cancel(frame['request_id']);
		else return frame['type'] === 'keep_alive';
		return true;
	}

	/** The process has ended: every question and every answer in progress ends with it. */
	end(): void {
		this.#hasEnded = true;
		for (const id of this.#pending.keys()) this.#settle(id)?.reject(sessionEnded());
		for (const controller of this.#answering.values()) controller.abort();
		this.#answering.clear();
	}

	#response(raw: unknown): void {
		if (!isFrame(raw)) return;
		// Not every response is ours: some CLIs echo the ones that we sent.
		const pending = this.#settle(String(raw['request_id']));
		if (!pending) return;
		if (raw['subtype'] === 'success') pending.resolve(isFrame(raw['response']) ? raw['response'] : {});
		else {
			const reason = typeof raw['error'] === 'string' ? raw['error'] : 'no reason given';
			pending.reject(requestRefused(pending.subtype, reason));
		}
	}

	async #request(frame: Frame): Promise<void> {
		const id = String(frame['request_id']);
		// A CLI that lost its answer asks again under the same id; the first question still stands.
		if (this.#answering.has(id)) return;
		const controller = new AbortController();
		this.#answering.set(id, controller);
		let response: Frame;
		try {
			const request = isFrame(frame['request']) ? frame['request'] : {};
			response = {
				subtype: 'success',
				request_id: id,
				response: await this.#options.answer(request, controller.signal),
			};
		} catch (error) {
			response = { subtype: 'error', request_id: id, error: errorText(error) };
		}
		this.#answering.delete(id);
		if (!controller.signal.aborted) this.#options.write({ type: 'control_response', response });
	}

	#cancel(id: unknown): void {
		const controller = this.#answering.get(String(id));
		this.#answering.delete(String(id));
		controller?.abort();
	}

	#settle(id: string): Pending | undefined {
		const pending = this.#pending.get(id);
		if (pending) clearTimeout(pending.timer);
		this.#pending.delete(id);
		return pending;
	}
}

export function isFrame(value: unknown): value is Frame {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
