import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { deferred, withDeadline } from './eventually.js';
import type { Deferred } from './eventually.js';

export type RespReply = string | number | null | RespReply[];

/** The server's own error line. */
export class RespError extends Error {
  override readonly name = 'RespError';
}

/** A connection that speaks just enough RESP2 to ask a server something, without any driver. */
export class RespConnection {
  private received = Buffer.alloc(0);
  private readonly waiting: Deferred<RespReply>[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly timeoutMs: number,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The server closed the connection')));
  }

  static async open(address: NetConnectOpts, timeoutMs = 5_000): Promise<RespConnection> {
    const ready = deferred();
    const socket = connect(address, () => ready.resolve());
    socket.once('error', ready.reject);
    try {
      await withDeadline(ready.promise, { timeoutMs, what: 'connection' });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new RespConnection(socket, timeoutMs);
  }

  /** Sends one command; rejects with a {@link RespError} when the server refuses it, and when it does not answer in time. */
  call(...args: (string | number)[]): Promise<RespReply> {
    const reply = deferred<RespReply>();
    this.waiting.push(reply);
    this.socket.write(encode(args));
    return withDeadline(reply.promise, { timeoutMs: this.timeoutMs, what: `reply to ${args[0]}` });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let parsed = parse(this.received, 0); parsed; parsed = parse(this.received, 0)) {
      this.received = this.received.subarray(parsed.next);
      const reply = this.waiting.shift();
      if (parsed.value instanceof RespError) reply?.reject(parsed.value);
      else reply?.resolve(parsed.value);
    }
  }

  private fail(error: Error): void {
    for (const reply of this.waiting.splice(0)) reply.reject(error);
  }
}

function encode(args: readonly (string | number)[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`);
  return `*${args.length}\r\n${parts.join('')}`;
}

interface Parsed {
  readonly value: RespReply | RespError;
  readonly next: number;
}

/** One reply from the bytes at `start`, or nothing while it is incomplete. */
function parse(bytes: Buffer, start: number): Parsed | undefined {
  const end = bytes.indexOf('\r\n', start);
  if (end < 0) return undefined;
  const line = bytes.toString('utf8', start + 1, end);
  const next = end + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { value: line, next };
    case '-':
      return { value: new RespError(line), next };
    case ':':
      return { value: Number(line), next };
    case '$':
      return parseBulk(bytes, next, Number(line));
    case '*':
      return parseArray(bytes, next, Number(line));
    default:
      throw new Error(`Not a RESP2 reply: ${line}`);
  }
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length < 0) return { value: null, next: start };
  if (bytes.length < start + length + 2) return undefined;
  return { value: bytes.toString('utf8', start, start + length), next: start + length + 2 };
}

function parseArray(bytes: Buffer, start: number, count: number): Parsed | undefined {
  if (count < 0) return { value: null, next: start };
  const value: RespReply[] = [];
  let next = start;
  for (let index = 0; index < count; index += 1) {
    const item = parse(bytes, next);
    if (!item) return undefined;
    value.push(item.value instanceof RespError ? item.value.message : item.value);
    next = item.next;
  }
  return { value, next };
}
