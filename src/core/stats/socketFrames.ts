import { hash } from 'node:crypto';

/** The server's half of RFC 6455, as far as a service needs it that tells and does not ask. */

const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Why a connection is closed. */
export const closeCodes = { goingAway: 1001, protocol: 1002, tooLarge: 1009, tooMany: 1008 } as const;

/** A client that does not keep to the protocol; the connection is closed with this code. */
export class SocketError extends Error {
	constructor(
		readonly code: number,
		message: string,
	) {
		super(message);
	}
}

/** What a server answers to a client's key. */
export function acceptKey(key: string): string {
	return hash('sha1', key + keySuffix, 'base64');
}

/** Whether this is a key: 16 bytes, written as base64. */
export function isSocketKey(key: string | undefined): key is string {
	return key !== undefined && /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** One unmasked frame, as a server sends it. */
export function serverFrame(opcode: number, payload: Uint8Array): Buffer {
	const { length } = payload;
	const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
	head[0] = 0x80 | opcode;
	if (length < 126) head[1] = length;
	else if (length < 65_536) {
		head[1] = 126;
		head.writeUInt16BE(length, 2);
	} else {
		head[1] = 127;
		head.writeBigUInt64BE(BigInt(length), 2);
	}
	return Buffer.concat([head, payload]);
}

/** A frame that says why the connection ends. */
export function closeFrame(code: number, reason: string): Buffer {
	const text = Buffer.from(reason, 'utf8').subarray(0, 120);
	const payload = Buffer.alloc(2 + text.length);
	payload.writeUInt16BE(code, 0);
	text.copy(payload, 2);
	return serverFrame(opcodes.close, payload);
}

/** A message of a client, or one of its control frames. */
export interface SocketMessage {
	readonly opcode: number;
	readonly payload: Buffer;
}

interface Head {
	readonly isLast: boolean;
	readonly opcode: number;
	readonly mask: Buffer;
	readonly start: number;
	readonly length: number;
}

/** Reads what a client sends, in whatever pieces it arrives; messages in parts come as one. */
export class FrameReader {
	readonly #limit: number;
	#buffer = Buffer.alloc(0);
	#parts: Buffer[] = [];
	/** Of the message whose parts are arriving. */
	#opcode: number | undefined;

	/** @param limit bytes of the longest message that is taken */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/**
	 * What is complete now.
	 * @throws `SocketError`
	 */
	take(bytes: Uint8Array): readonly SocketMessage[] {
		this.#buffer = Buffer.concat([this.#buffer, bytes]);
		const messages: SocketMessage[] = [];
		for (let head = this.#head(); head; head = this.#head()) {
			const end = head.start + head.length;
			if (this.#buffer.length < end) break;
			const payload = Buffer.from(this.#buffer.subarray(head.start, end));
			for (let at = 0; at < payload.length; at++) payload[at]! ^= head.mask[at % 4]!;
			this.#buffer = this.#buffer.subarray(end);
			const message = this.#message(head, payload);
			if (message) messages.push(message);
		}
		return messages;
	}

	#head(): Head | undefined {
		const bytes = this.#buffer;
		if (bytes.length < 2) return undefined;
		const [first, second] = [bytes[0]!, bytes[1]!];
		if ((first & 0x70) !== 0) throw protocolError('an extension was not agreed on');
		if ((second & 0x80) === 0) throw protocolError('a frame of a client must be masked');
		const short = second & 0x7f;
		const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
		const start = 2 + lengthBytes + 4;
		if (bytes.length < start) return undefined;
		const length =
			lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
		const head: Head = {
			isLast: (first & 0x80) !== 0,
			opcode: first & 0x0f,
			mask: bytes.subarray(start - 4, start),
			start,
			length,
		};
		this.#check(head);
		return head;
	}

	/** Before any of it is waited for: a frame may say that it has a million gigabytes. */
	#check({ isLast, opcode, length }: Head): void {
		if (opcode >= opcodes.close) {
			if (opcode > opcodes.pong) throw protocolError(`${opcode} is no kind of frame`);
			if (!isLast || length > 125) throw protocolError('a control frame must be short and whole');
			return;
		}
		if (opcode > opcodes.binary) throw protocolError(`${opcode} is no kind of frame`);
		if (opcode === opcodes.continuation && this.#opcode === undefined)
			throw protocolError('nothing is to be continued');
		if (opcode !== opcodes.continuation && this.#opcode !== undefined)
			throw protocolError('a message has not ended yet');
		const before = this.#parts.reduce((sum, part) => sum + part.length, 0);
		if (before + length > this.#limit)
			throw new SocketError(closeCodes.tooLarge, `Messages of more than ${this.#limit} bytes are not taken.`);
	}

	#message({ isLast, opcode }: Head, payload: Buffer): SocketMessage | undefined {
		if (opcode >= opcodes.close) return { opcode, payload };
		this.#opcode ??= opcode;
		this.#parts.push(payload);
		if (!isLast) {
			if (this.#parts.length > mostParts) throw protocolError('a message has too many parts');
			return undefined;
		}
		const message = { opcode: this.#opcode, payload: Buffer.concat(this.#parts) };
		this.#parts = [];
		this.#opcode = undefined;
		return message;
	}
}

const mostParts = 1_000;

function protocolError(what: string): SocketError {
	return new SocketError(closeCodes.protocol, `Not the protocol: ${what}.`);
}
