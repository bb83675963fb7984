import type { Clock } from '../base/clock';
import { tooMany } from '../base/localHttp';

/** How much may come: so many at once, and so many a second for as long as it goes on. */
export interface Rate {
	readonly burst: number;
	readonly perSecond: number;
}

/** Takes what comes as long as it has tokens, which come back with time. */
export class TokenBucket {
	readonly #clock: Pick<Clock, 'monotonic'>;
	readonly #rate: Rate;
	#tokens: number;
	#at: number;

	constructor(rate: Rate, clock: Pick<Clock, 'monotonic'>) {
		this.#rate = rate;
		this.#clock = clock;
		this.#tokens = rate.burst;
		this.#at = clock.monotonic();
	}

	/** Milliseconds until one more is taken; 0 when it is taken now. */
	take(): number {
		const now = this.#clock.monotonic();
		const { burst, perSecond } = this.#rate;
		this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
		this.#at = now;
		if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
		this.#tokens -= 1;
		return 0;
	}
}

export interface Rates {
	/** Each program by itself. */
	readonly client: Rate;
	/** All of them together. */
	readonly all: Rate;
	/** Those without the right token, together. */
	readonly strangers: Rate;
}

export const usualRates: Rates = {
	client: { burst: 60, perSecond: 30 },
	all: { burst: 300, perSecond: 150 },
	strangers: { burst: 20, perSecond: 1 },
};

/** So many programs are told apart; whoever was silent longest is forgotten first. */
const mostClients = 200;

/** Limits how often programs of this machine may ask. */
export class RateLimits {
	readonly #clock: Clock;
	readonly #rates: Rates;
	readonly #all: TokenBucket;
	readonly #strangers: TokenBucket;
	readonly #clients = new Map<string, TokenBucket>();

	constructor(rates: Rates, clock: Clock) {
		this.#rates = rates;
		this.#clock = clock;
		this.#all = new TokenBucket(rates.all, clock);
		this.#strangers = new TokenBucket(rates.strangers, clock);
	}

	/**
	 * Counts a call of whoever has the token.
	 * @param client what the program calls itself: all of them come from the same address
	 * @throws `Refusal` 429
	 */
	count(client: string): void {
		const bucket = this.#clients.get(client) ?? new TokenBucket(this.#rates.client, this.#clock);
		this.#clients.delete(client);
		this.#clients.set(client, bucket);
		if (this.#clients.size > mostClients) this.#clients.delete(this.#clients.keys().next().value!);
		const own = bucket.take();
		if (own > 0)
			throw tooMany(own, `This program asks too often: at most ${this.#rates.client.perSecond} calls a second.`);
		const all = this.#all.take();
		if (all > 0) throw tooMany(all, `Too many calls: at most ${this.#rates.all.perSecond} a second from all programs.`);
	}

	/**
	 * Counts a call without the right token. It takes nothing from those who have it.
	 * @throws `Refusal` 429
	 */
	countStranger(): void {
		const wait = this.#strangers.take();
		if (wait > 0) throw tooMany(wait, 'Too many calls without the token.');
	}
}
