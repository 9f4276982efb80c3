import { connect as connectPlain } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { classifyError } from '../../errors/classify-error.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';

/**
 * What a port was heard to say to `PING` in plain text: an answer in plain text, that of a web server, a piece of TLS,
 * or none: it hung up, took the connection and said nothing, or could not be reached.
 *
 * @internal
 */
export type PlainAnswer = 'plain' | 'http' | 'tls' | 'closed' | 'silent' | 'unreachable';

/** @internal */
export interface PlainHearing {
  readonly answer: PlainAnswer;
  /** How long it took until the socket was open. */
  readonly openMs: number;
}

/** How long to wait, and when to stop waiting. @internal */
export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** In the inline form, which every server understands, logged in or not; and nothing that is secret. */
const QUESTION = 'PING\r\n';
const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;
const TLS_VERSION = 0x03;

/** Asks a port in plain text on a socket of its own. Never rejects. @internal */
export async function askInPlainText(endpoint: HostEndpoint, options: AskOptions): Promise<PlainHearing> {
  const startedAt = performance.now();
  let openMs: number | undefined;
  const socket = connectPlain({ ...endpoint });
  socket.once('connect', () => {
    openMs = performance.now() - startedAt;
    socket.write(QUESTION);
  });
  const answer = await heard<PlainAnswer>(socket, options, {
    onData: (bytes) => languageOf(bytes),
    onEnd: () => (openMs === undefined ? 'unreachable' : 'closed'),
    onTimeout: () => (openMs === undefined ? 'unreachable' : 'silent'),
  });
  return { answer, openMs: openMs ?? 0 };
}

/** Whether a port answers a TLS hello. No certificate is looked at, and nothing is sent. Never rejects. @internal */
export function answersTlsHello(endpoint: HostEndpoint, options: AskOptions): Promise<boolean> {
  const socket = connectTls({ ...endpoint, rejectUnauthorized: false });
  return heard<boolean>(socket, options, {
    onOpen: ['secureConnect', true],
    onData: () => true,
    onEnd: (error) => isAlert(error),
    onTimeout: () => false,
  });
}

/**
 * Why a server that speaks TLS hangs up: with TLS 1.3 it refuses a client's certificate when the handshake is over on
 * this side already. Undefined where it does not. Never rejects.
 *
 * @internal
 */
export function refusalOverTls(
  endpoint: HostEndpoint,
  certificate: ConnectionOptions,
  options: AskOptions,
): Promise<unknown> {
  const socket = connectTls({ ...certificate, ...endpoint, rejectUnauthorized: false });
  socket.once('secureConnect', () => socket.write(QUESTION));
  return heard<unknown>(socket, options, {
    onData: () => undefined,
    onEnd: (error) => (isAlert(error) ? error : undefined),
    onTimeout: () => undefined,
  });
}

interface Hearing<T> {
  /** The event that is an answer by itself. */
  readonly onOpen?: readonly [event: string, answer: T];
  onData(bytes: Buffer): T;
  onEnd(error: unknown): T;
  onTimeout(): T;
}

/** The first thing that happens on a socket; whatever it is, the socket is gone then. */
function heard<T>(socket: Socket, { timeoutMs, signal }: AskOptions, hearing: Hearing<T>): Promise<T> {
  return new Promise((resolve) => {
    const settle = (answer: T): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onTimeout);
      socket.destroy();
      resolve(answer);
    };
    const onTimeout = (): void => settle(hearing.onTimeout());
    const timer = setTimeout(onTimeout, timeoutMs);
    signal.addEventListener('abort', onTimeout);
    const { onOpen } = hearing;
    if (onOpen !== undefined) socket.once(onOpen[0], () => settle(onOpen[1]));
    socket.once('data', (bytes: Buffer) => settle(hearing.onData(bytes)));
    socket.on('error', (error) => settle(hearing.onEnd(error)));
    socket.once('close', () => settle(hearing.onEnd(undefined)));
    if (signal.aborted) onTimeout();
  });
}

function languageOf(bytes: Buffer): PlainAnswer {
  const isTls = (bytes[0] === TLS_ALERT || bytes[0] === TLS_HANDSHAKE) && bytes[1] === TLS_VERSION;
  if (isTls) return 'tls';
  return bytes.toString('latin1', 0, 5) === 'HTTP/' ? 'http' : 'plain';
}

/** An alert is said in TLS; what is said in anything else is a wrong version or a wrong length. */
function isAlert(error: unknown): boolean {
  const found = classifyError(error);
  return found?.kind === 'tls' && /\balert\b/i.test(found.text);
}
