import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ProxyLane } from './proxy-lane.js';

/** What a link does with the bytes that pass it. */
export interface LinkBehaviour {
  /** Milliseconds that each chunk waits, order kept. */
  readonly delayMs: number;
  /** Bytes from the server to the client after which the link is reset. */
  readonly cutAfter: number;
  /** Bytes from the client to the server after which the link is reset. */
  readonly cutRequestsAfter: number;
  /** The client's bytes reach the server, the server's do not reach the client. */
  readonly dropReplies: boolean;
  /** Neither side's bytes reach the other. */
  readonly mute: boolean;
  /** Bytes from the server arrive one in each millisecond. */
  readonly drip: boolean;
}

export const PLAIN: LinkBehaviour = {
  delayMs: 0,
  cutAfter: Number.POSITIVE_INFINITY,
  cutRequestsAfter: Number.POSITIVE_INFINITY,
  dropReplies: false,
  mute: false,
  drip: false,
};

/** One client's socket and the socket to the server behind it. */
export class ProxyLink {
  private behaviour: LinkBehaviour;
  private upstream: Socket | undefined;
  private deaf = false;
  private replied = 0;
  private asked = 0;
  private readonly toServer = new ProxyLane();
  private readonly toClient = new ProxyLane();

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
    upstream.on('data', (bytes: Buffer) => this.relay(this.toClient, () => this.reply(bytes)));
    upstream.once('close', () => this.pass(this.toClient, () => this.client.end()));
    this.client.on('data', (bytes: Buffer) => this.relay(this.toServer, () => this.request(bytes, upstream)));
    this.client.once('end', () => this.pass(this.toServer, () => upstream.end()));
    return this;
  }

  /** Whether the client has closed a socket of which the server was told nothing. */
  get isAbandoned(): boolean {
    return this.deaf && this.client.readableEnded;
  }

  behave(behaviour: LinkBehaviour): void {
    this.behaviour = behaviour;
    this.replied = 0;
    this.asked = 0;
  }

  /** The port of this side on the way to the server; 0 where there is none. */
  get serverSidePort(): number {
    return this.upstream?.localPort ?? 0;
  }

  /** Both sides get a FIN. */
  finish(): void {
    this.upstream?.end();
    this.client.end();
  }

  /** From now on nothing passes, and neither side is told: what a pulled cable looks like. */
  deafen(): void {
    this.deaf = true;
  }

  /** Swallows what the client sends, so that it sees an open socket that never answers. */
  swallow(): this {
    this.client.once('end', () => this.client.end());
    this.client.resume();
    return this;
  }

  inject(bytes: Buffer): void {
    this.client.write(bytes);
  }

  /** Both sides get an RST. */
  reset(): void {
    for (const socket of [this.upstream, this.client]) {
      // Node 20 never closes one that is reset while its end is on the way, and does not come to an end itself.
      if (socket?.writableEnded) socket.destroy();
      else socket?.resetAndDestroy();
    }
  }

  private end(): void {
    this.toServer.clear();
    this.toClient.clear();
    this.upstream?.destroy();
    this.onClosed();
  }

  private relay(lane: ProxyLane, pass: () => void): void {
    if (!this.behaviour.mute) this.pass(lane, pass);
  }

  private pass(lane: ProxyLane, pass: () => void): void {
    if (this.deaf) return;
    lane.add(this.behaviour.delayMs, () => {
      if (!this.deaf) pass();
    });
  }

  private request(bytes: Buffer, upstream: Socket): void {
    const left = this.behaviour.cutRequestsAfter - this.asked;
    this.asked += bytes.length;
    if (bytes.length < left) upstream.write(bytes);
    else if (left > 0) upstream.write(bytes.subarray(0, left), () => this.reset());
  }

  private reply(bytes: Buffer): void {
    if (this.behaviour.dropReplies) return;
    if (this.behaviour.drip) return this.drip(bytes);
    const left = this.behaviour.cutAfter - this.replied;
    this.replied += bytes.length;
    if (bytes.length < left) {
      this.client.write(bytes);
      return;
    }
    // written first and reset when it is flushed: a reset at once would take the last bytes with it
    this.client.write(bytes.subarray(0, left), () => this.reset());
  }

  private drip(bytes: Buffer): void {
    for (const byte of bytes) this.toClient.addAfter(1, () => this.client.write(Buffer.of(byte)));
  }
}
