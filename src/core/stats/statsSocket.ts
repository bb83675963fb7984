import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock';
import { Emitter } from '../base/event';
import { MutableDisposable, Owner, toDisposable, type Disposable } from '../base/lifecycle';
import { Refusal } from '../base/localHttp';
import { protocolsOf, socketProtocol } from './callers';
import { TokenBucket } from './rateLimit';
import {
	acceptKey,
	closeCodes,
	closeFrame,
	FrameReader,
	isSocketKey,
	opcodes,
	serverFrame,
	SocketError,
	type SocketMessage,
} from './socketFrames';

export interface SocketLimits {
	/** Between two pings; whoever has not answered one by the next is gone. */
	readonly pingMs: number;
	/** So much may wait for a client that does not read. */
	readonly unreadBytes: number;
	/** Bytes of the longest message of a client. */
	readonly messageBytes: number;
	/** How long a client may take to answer a close. */
	readonly closeMs: number;
}

export const usualSocketLimits: SocketLimits = {
	pingMs: 30_000,
	unreadBytes: 512 * 1024,
	messageBytes: 16 * 1024,
	closeMs: 2_000,
};

/** Nothing that a client sends is needed, so it may send little. */
const messageRate = { burst: 50, perSecond: 10 };

/**
 * The lines that turn a call into a WebSocket.
 * @throws `Refusal` for a call that does not ask for one
 */
export function upgradeHead(headers: IncomingHttpHeaders): string {
	const key = headers['sec-websocket-key'];
	if (headers.upgrade?.toLowerCase() !== 'websocket' || !isSocketKey(key))
		throw new Refusal(400, 'This address is a WebSocket.');
	if (headers['sec-websocket-version'] !== '13')
		throw new Refusal(426, 'Version 13 of the WebSocket protocol is spoken here.', { 'sec-websocket-version': '13' });
	const lines = [
		'HTTP/1.1 101 Switching Protocols',
		'Upgrade: websocket',
		'Connection: Upgrade',
		`Sec-WebSocket-Accept: ${acceptKey(key)}`,
	];
	// The token, if it came as a second name, is not told back.
	if (protocolsOf(headers).includes(socketProtocol)) lines.push(`Sec-WebSocket-Protocol: ${socketProtocol}`);
	return `${lines.join('\r\n')}\r\n\r\n`;
}

/** One client that is told. Clients that left, or do not read, are noticed and let go. */
export class StatsSocket extends Owner {
	readonly #socket: Socket;
	readonly #clock: Clock;
	readonly #limits: SocketLimits;
	readonly #reader: FrameReader;
	readonly #messages: TokenBucket;
	readonly #ended = this.own(new Emitter<void>());
	/** Fires once, however the connection ended. */
	readonly onDidEnd = this.#ended.event;
	readonly #ping = this.own(new MutableDisposable<Disposable>());
	readonly #closing = this.own(new MutableDisposable<Disposable>());
	#hasAnswered = true;
	#isClosing = false;
	/** What it sent cannot be read: nothing behind it can be either. */
	#isBroken = false;

	constructor(socket: Socket, clock: Clock, limits: SocketLimits) {
		super();
		this.#socket = socket;
		this.#clock = clock;
		this.#limits = limits;
		this.#reader = new FrameReader(limits.messageBytes);
		this.#messages = new TokenBucket(messageRate, clock);
		socket.on('data', (bytes: Buffer) => this.#take(bytes));
		socket.on('error', () => this.#end());
		socket.on('close', () => this.#end());
		socket.on('end', () => this.#end());
		socket.setTimeout(0);
		this.own(toDisposable(() => this.#leave()));
		this.#pingLater();
	}

	/** Sends a frame; a client that has not read what came before is let go. */
	send(frame: Buffer): void {
		if (this.#isClosing) return;
		if (this.#socket.writableLength > this.#limits.unreadBytes) this.#end();
		else this.#socket.write(frame);
	}

	/** Says why, and ends it when the client has answered or takes too long to. */
	close(code: number, reason: string): void {
		if (this.#isClosing || this.isDisposed) return;
		this.#isClosing = true;
		this.#ping.value = undefined;
		this.#socket.write(closeFrame(code, reason));
		this.#closing.value = this.#clock.after(this.#limits.closeMs, () => this.#end());
	}

	/** What the client sent. Anything shows that it is there. */
	#take(bytes: Buffer): void {
		this.#hasAnswered = true;
		if (this.#isBroken) return;
		try {
			for (const message of this.#reader.take(bytes)) this.#answer(message);
		} catch (error) {
			if (!(error instanceof SocketError)) throw error;
			this.#isBroken = true;
			this.close(error.code, error.message);
			// No answer can be read, so none is waited for.
			this.#socket.end();
		}
	}

	#answer({ opcode, payload }: SocketMessage): void {
		if (this.#messages.take() > 0) throw new SocketError(closeCodes.tooMany, 'Too many messages.');
		if (opcode === opcodes.ping) this.send(serverFrame(opcodes.pong, payload));
		if (opcode !== opcodes.close) return;
		if (!this.#isClosing) this.#socket.write(serverFrame(opcodes.close, payload.subarray(0, 2)));
		this.#isClosing = true;
		this.#socket.end();
		this.#closing.value = this.#clock.after(this.#limits.closeMs, () => this.#end());
	}

	#pingLater(): void {
		this.#ping.value = this.#clock.after(this.#limits.pingMs, () => {
			if (!this.#hasAnswered) return this.#end();
			this.#hasAnswered = false;
			this.send(serverFrame(opcodes.ping, Buffer.alloc(0)));
			if (!this.isDisposed) this.#pingLater();
		});
	}

	/** A client that reads is told that this is the end; for another one nothing is kept. */
	#leave(): void {
		if (this.#socket.writableLength > 0 || !this.#socket.writable) this.#socket.destroy();
		else {
			if (!this.#isClosing) this.#socket.write(closeFrame(closeCodes.goingAway, 'The server ends.'));
			this.#socket.destroySoon();
		}
	}

	#end(): void {
		if (this.isDisposed) return;
		this.#ended.fire();
		this.dispose();
	}
}
