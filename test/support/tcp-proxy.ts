import { EventEmitter } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort, releasePort } from './free-port.js';
import { PLAIN, ProxyLink } from './proxy-link.js';
import type { LinkBehaviour } from './proxy-link.js';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

/** A server, and the login that its URL and the proxy's bear. */
interface ProxyTarget {
  readonly port: number;
  readonly host: string;
  readonly login?: string;
}

/** How a proxy treats a socket that is opened now. */
type Welcome = 'relay' | 'silent' | 'reset';

/**
 * A TCP proxy in front of a server, with the faults of a network: `pass()` is the way back from each of them, except
 * that links made deaf by `halfOpen()` stay so. Emits `connection` when a socket was accepted and `closed` when one
 * ended. The port stays the same through `refuse()`.
 */
export class TcpProxy extends EventEmitter<{ connection: []; closed: [] }> implements TestResource {
  readonly host = '127.0.0.1';
  private readonly links = new Set<ProxyLink>();
  private listener: Server | undefined;
  private welcome: Welcome = 'relay';
  private behaviour: LinkBehaviour = PLAIN;
  private accepted = 0;

  private constructor(
    readonly port: number,
    private readonly target: ProxyTarget,
  ) {
    super();
  }

  /** In front of `target`, a {@link RedisTestServer} or anything that has a port and a host. */
  static async start(target: ProxyTarget): Promise<TcpProxy> {
    const proxy = track(new TcpProxy(await freePort(), target));
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `redis://${this.target.login ?? ''}${this.host}:${this.port}`;
  }

  /** Sockets open now. */
  get open(): number {
    return this.links.size;
  }

  /** Sockets accepted since the start. */
  get total(): number {
    return this.accepted;
  }

  /** Half-open sockets that the client has closed since, and of which the server does not know. */
  get abandoned(): number {
    return [...this.links].filter((link) => link.isAbandoned).length;
  }

  /** Everything passes, on open sockets and new ones. */
  async pass(): Promise<void> {
    this.welcome = 'relay';
    this.behave(PLAIN);
    await this.listen();
  }

  /** New sockets are accepted and never answered; open ones go on. */
  silent(): void {
    this.welcome = 'silent';
  }

  /**
   * Open sockets stop relaying both ways and nobody is told; new ones are fine.
   *
   * @param ports of the sockets that are meant, as the server sees them. @default all
   */
  halfOpen(ports?: readonly number[]): void {
    for (const link of this.links) if (ports?.includes(link.serverSidePort) ?? true) link.deafen();
  }

  /** Nothing passes either way, on open sockets and new ones; what is sent meanwhile is lost. */
  mute(): void {
    this.behave({ ...PLAIN, mute: true });
  }

  /** The server's bytes arrive one by one, a millisecond apart. */
  drip(): void {
    this.behave({ ...PLAIN, drip: true });
  }

  /** Each chunk waits so long, both ways, order kept. */
  delay(ms: number): void {
    this.behave({ ...PLAIN, delayMs: ms });
  }

  /** Commands reach the server, its replies are thrown away. */
  dropReplies(): void {
    this.behave({ ...PLAIN, dropReplies: true });
  }

  /** Each socket is reset after so many more bytes from the server. */
  cutAfter(bytes: number): void {
    this.behave({ ...PLAIN, cutAfter: bytes });
  }

  /** The same, of the sockets that are open now; new ones are fine. */
  cutOpenAfter(bytes: number): void {
    for (const link of this.links) link.behave({ ...PLAIN, cutAfter: bytes });
  }

  /** Each open socket is reset after so many more bytes from the client, which still reach the server; new ones are fine. */
  cutRequestsAfter(bytes: number): void {
    for (const link of this.links) link.behave({ ...PLAIN, cutRequestsAfter: bytes });
  }

  /** Each open socket is ended in an orderly way, as by a server that has no use for it; new ones are fine. */
  finish(): void {
    for (const link of this.links) link.finish();
  }

  /** Resets every open socket; new ones are fine. */
  reset(): void {
    for (const link of this.links) link.reset();
  }

  /** New sockets are accepted and reset at once; open ones go on. */
  resetNew(): void {
    this.welcome = 'reset';
  }

  /** Stops listening, so that new sockets are refused; open ones go on. */
  async refuse(): Promise<void> {
    const listener = this.listener;
    this.listener = undefined;
    if (!listener) return;
    await new Promise<void>((resolve) => {
      listener.once('close', resolve);
      listener.close();
      if (this.links.size > 0) resolve(); // `close` would wait for the open sockets; listening has ended already
    });
  }

  /** Puts bytes into every open socket as if the server had sent them. */
  inject(bytes: string | Buffer): void {
    for (const link of this.links) link.inject(Buffer.from(bytes));
  }

  /** Resets every socket and stops listening for good. */
  async stop(): Promise<void> {
    const listening = this.refuse();
    this.reset();
    await listening;
    releasePort(this.port);
    untrack(this);
  }

  private behave(behaviour: LinkBehaviour): void {
    this.behaviour = behaviour;
    for (const link of this.links) link.behave(behaviour);
  }

  private async listen(): Promise<void> {
    if (this.listener) return;
    const listener = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
    this.listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(this.port, this.host, resolve);
    });
  }

  private accept(socket: Socket): void {
    this.accepted += 1;
    const link = new ProxyLink(socket, this.behaviour, () => {
      this.links.delete(link);
      this.emit('closed');
    });
    this.links.add(link);
    if (this.welcome === 'relay') link.relayTo(this.target.port, this.target.host);
    else if (this.welcome === 'silent') link.swallow();
    else link.reset();
    this.emit('connection');
  }
}
