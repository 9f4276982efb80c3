import { EventEmitter } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { freePort, releasePort } from '../../support/free-port.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

/** What is done to a client that has just said something. */
export type Attack = (client: Socket) => void;

/**
 * Stands before a server: relays, until it is told to attack. From then on whoever says something, on an old socket or
 * a new one, gets the attack in place of an answer. Emits `struck` for each attack and `dropped` when its victim hung up.
 */
export class HostilePeer extends EventEmitter<{ struck: []; dropped: [] }> implements TestResource {
  readonly host = '127.0.0.1';
  private readonly sockets = new Set<Socket>();
  private listener: Server | undefined;
  private attack: Attack | undefined;

  private constructor(
    readonly port: number,
    private readonly target: { readonly port: number; readonly host: string },
  ) {
    super();
  }

  /** @param certificate speaks TLS with it, to a server that does not */
  static async start(
    target: { readonly port: number; readonly host: string },
    certificate?: { readonly cert: string; readonly key: string },
  ): Promise<HostilePeer> {
    const peer = track(new HostilePeer(await freePort(), target));
    const accept = (socket: Socket): void => peer.accept(socket);
    peer.listener = certificate === undefined ? createServer(accept) : createTlsServer(certificate, accept);
    await new Promise<void>((resolve) => peer.listener?.listen(peer.port, peer.host, resolve));
    return peer;
  }

  get open(): number {
    return this.sockets.size;
  }

  /** Undefined: good again, for sockets that are opened from now on. */
  turn(attack: Attack | undefined): void {
    this.attack = attack;
  }

  reset(): void {
    for (const socket of this.sockets) {
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    this.reset();
    if (listener !== undefined) await new Promise<void>((resolve) => listener.close(() => resolve()));
    releasePort(this.port);
    untrack(this);
  }

  private accept(client: Socket): void {
    const upstream = connect(this.target.port, this.target.host);
    upstream.on('error', () => client.destroy());
    upstream.on('data', (bytes) => client.write(bytes));
    upstream.once('close', () => client.end());
    this.sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('close', () => {
      this.sockets.delete(client);
      upstream.destroy();
    });
    let isStruck = false;
    client.on('data', (bytes) => {
      if (isStruck) return;
      if (this.attack === undefined) return void upstream.write(bytes);
      isStruck = true;
      upstream.removeAllListeners('data').removeAllListeners('close');
      client.once('close', () => this.emit('dropped'));
      this.attack(client);
      this.emit('struck');
    });
  }
}
