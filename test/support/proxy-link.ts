import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What a link does with the bytes that pass it. */
export interface LinkBehaviour {
  /** Milliseconds that each chunk waits, order kept. */
  readonly delayMs: number;
  /** Bytes from the server to the client after which the link is reset. */
  readonly cutAfter: number;
  /** The client's bytes reach the server, the server's do not reach the client. */
  readonly dropReplies: boolean;
}

export const PLAIN: LinkBehaviour = { delayMs: 0, cutAfter: Number.POSITIVE_INFINITY, dropReplies: false };

type Listener = (bytes: Buffer) => void;

/** One client's socket and the socket to the server behind it. */
export class ProxyLink {
  private behaviour: LinkBehaviour;
  private upstream: Socket | undefined;
  private deaf = false;
  private replied = 0;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly client: Socket,
    behaviour: LinkBehaviour,
    private readonly onClosed: () => void,
  ) {
    this.behaviour = behaviour;
    client.setNoDelay(true);
    client.on('error', () => client.destroy());
    client.once('close', () => this.end());
  }

  /** Connects to the server and relays both ways. A link that was not told to stays silent. */
  relayTo(port: number, host: string): this {
    const upstream = connect({ port, host, noDelay: true });
    this.upstream = upstream;
    upstream.on('error', () => this.reset());
    upstream.on(
      'data',
      this.relay((bytes) => this.reply(bytes)),
    );
    upstream.once('close', () => {
      if (!this.deaf) this.later(() => this.client.end());
    });
    this.client.on(
      'data',
      this.relay((bytes) => upstream.write(bytes)),
    );
    this.client.once('end', () => {
      if (!this.deaf) this.later(() => upstream.end());
    });
    return this;
  }

  behave(behaviour: LinkBehaviour): void {
    this.behaviour = behaviour;
    this.replied = 0;
  }

  /** From now on nothing passes, and neither side is told: what a pulled cable looks like. */
  deafen(): void {
    this.deaf = true;
  }

  /** Swallows what the client sends, so that it sees an open socket that never answers. */
  swallow(): this {
    this.client.resume();
    return this;
  }

  inject(bytes: Buffer): void {
    this.client.write(bytes);
  }

  /** Both sides get an RST. */
  reset(): void {
    this.upstream?.resetAndDestroy();
    this.client.resetAndDestroy();
  }

  private end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.upstream?.destroy();
    this.onClosed();
  }

  private relay(pass: Listener): Listener {
    return (bytes) => {
      if (!this.deaf) this.later(() => pass(bytes));
    };
  }

  private reply(bytes: Buffer): void {
    if (this.behaviour.dropReplies) return;
    const left = this.behaviour.cutAfter - this.replied;
    this.replied += bytes.length;
    if (bytes.length < left) {
      this.client.write(bytes);
      return;
    }
    // written first and reset when it is flushed: a reset at once would take the last bytes with it
    this.client.write(bytes.subarray(0, left), () => this.reset());
  }

  private later(pass: () => void): void {
    if (this.behaviour.delayMs === 0 && this.timers.size === 0) return pass();
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.deaf) pass();
    }, this.behaviour.delayMs);
    this.timers.add(timer);
  }
}
