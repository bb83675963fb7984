/** This close to the end counts as being there. */
const threshold = 24;
/** A movement up this long after a wheel, a key or a press is the user's. */
const inputMs = 600;
/** The list corrects its place by small amounts; a longer way up is somebody's wish, also without any input seen. */
const longWay = 200;

/**
 * Keeps a scroller at its end while what it shows grows. Growth alone never ends that, however big the step; a movement
 * up by the user does at once, and coming back down to the end starts it again.
 */
export class EndKeeper {
	readonly #scroller: HTMLElement;
	readonly #onChange: (isFollowing: boolean) => void;
	readonly #stop = new AbortController();
	readonly #resized: ResizeObserver;
	#isFollowing: boolean;
	#last: number;
	#inputAt = Number.NEGATIVE_INFINITY;
	/** Questions whose top was shown, and since when. */
	readonly #shown = new WeakMap<Element, number>();

	constructor(scroller: HTMLElement, isFollowing: boolean, onChange: (isFollowing: boolean) => void) {
		this.#scroller = scroller;
		this.#isFollowing = isFollowing;
		this.#last = scroller.scrollTop;
		this.#onChange = onChange;
		// Capturing: before the list's own listener, which measures rows and so calls `toEnd`.
		const options = { capture: true, passive: true, signal: this.#stop.signal };
		scroller.addEventListener('scroll', () => (this.#isFollowing && this.#showQuestion()) || this.#moved(), options);
		scroller.addEventListener('wheel', event => this.#wheel(event), options);
		for (const type of ['keydown', 'touchmove', 'pointerdown'] as const)
			scroller.addEventListener(type, event => (this.#inputAt = event.timeStamp), options);
		// The composer grows and the panel is resized: the end moves without a change of the list.
		this.#resized = new ResizeObserver(() => this.toEnd());
		this.#resized.observe(scroller);
	}

	get isFollowing(): boolean {
		return this.#isFollowing;
	}

	get isNearEnd(): boolean {
		return this.#fromEnd() < threshold;
	}

	/** Goes to the end if the view follows it, or to the top of a question that is taller than the view. */
	toEnd(): void {
		// A movement whose event is still to come counts already, or it would be undone here.
		this.#moved();
		if (!this.#isFollowing) return;
		if (!this.#showQuestion()) this.#scroller.scrollTo(0, this.#scroller.scrollHeight);
	}

	set(isFollowing: boolean): void {
		if (isFollowing === this.#isFollowing) return;
		this.#isFollowing = isFollowing;
		this.#onChange(isFollowing);
	}

	dispose(): void {
		this.#stop.abort();
		this.#resized.disconnect();
	}

	/**
	 * A person reads a question from its beginning: its buttons alone do not say what they allow. The list itself goes to
	 * its end when it draws, so the top is held until somebody scrolls. Says whether there is such a question.
	 */
	#showQuestion(): boolean {
		const asked = [...this.#scroller.querySelectorAll('[data-approval]')].at(-1);
		if (!asked || asked.getBoundingClientRect().height <= this.#scroller.clientHeight) return false;
		const shownAt = this.#shown.get(asked) ?? performance.now();
		this.#shown.set(asked, shownAt);
		if (this.#inputAt > shownAt) return true;
		const by = asked.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
		if (Math.abs(by) > 1) this.#scroller.scrollBy(0, by);
		this.#last = this.#scroller.scrollTop;
		return true;
	}

	#fromEnd(): number {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		return scrollHeight - scrollTop - clientHeight;
	}

	#wheel(event: WheelEvent): void {
		this.#inputAt = event.timeStamp;
		// Small steps stay near the end, so the direction must do: else a stream could not be left by a touchpad.
		if (event.deltaY < 0 && this.#scroller.scrollTop > 0) this.set(false);
	}

	#moved(): void {
		const by = this.#scroller.scrollTop - this.#last;
		this.#last = this.#scroller.scrollTop;
		if (by > 1 && this.isNearEnd) this.set(true);
		if (by >= -1 || this.isNearEnd) return;
		if (-by > longWay || performance.now() - this.#inputAt < inputMs) this.set(false);
	}
}
