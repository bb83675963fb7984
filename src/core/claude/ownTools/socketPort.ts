import type { Socket } from 'node:net';
import { Emitter } from '../../base/event';
import { Owner } from '../../base/lifecycle';
import type { Port } from '../../rpc/rpc';
import { FrameReader } from '../framing';

/** JSON lines over a socket, as a port. */
export class SocketPort extends Owner implements Port {
	readonly #socket: Socket;
	readonly #messages = this.own(new Emitter<unknown>());
	readonly #closed = this.own(new Emitter<void>());
	/** The other side is gone. */
	readonly onDidClose = this.#closed.event;

	/** @param onBytes sees the size of each chunk before it is read, and may destroy the socket */
	constructor(socket: Socket, onBytes: (count: number) => void = () => undefined) {
		super();
		this.#socket = socket;
		const reader = new FrameReader({
			onFrame: frame => this.#messages.fire(frame),
			// Nobody but our own two ends speaks here; a line that is none comes from a stranger.
			onGarbage: () => socket.destroy(),
		});
		socket.on('data', (chunk: Buffer) => {
			onBytes(chunk.length);
			if (!socket.destroyed) reader.push(chunk);
		});
		socket.on('error', () => undefined); // `close` follows.
		socket.once('close', () => this.#closed.fire());
	}

	post(message: unknown): void {
		if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
	}

	onMessage(listener: (message: unknown) => void): { dispose(): void } {
		return this.#messages.event(listener);
	}

	override dispose(): void {
		super.dispose();
		this.#socket.destroy();
	}
}
