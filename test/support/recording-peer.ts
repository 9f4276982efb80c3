import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { track, untrack } from './resources.js';
import type { TestResource } from './resources.js';

/** A port that keeps what it was told on each socket, and answers as the test likes. */
export class RecordingPeer implements TestResource {
  /** What came in, a text for each socket that was opened. */
  readonly heard: string[] = [];
  private readonly sockets = new Set<Socket>();
  private mostAtOnce = 0;

  private constructor(private readonly server: Server) {}

  /** `onSocket`: what happens to a socket that was opened; nothing by default. */
  static async start(onSocket: (socket: Socket) => void = () => undefined): Promise<RecordingPeer> {
    const peer = track(new RecordingPeer(createServer((socket) => peer.accept(socket, onSocket))));
    await new Promise<void>((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Sockets open now. */
  get open(): number {
    return this.sockets.size;
  }

  /** As many were open at one time. */
  get most(): number {
    return this.mostAtOnce;
  }

  /** What was asked in plain text. */
  get asked(): string[] {
    return this.heard.filter((text) => text.startsWith('PING'));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    untrack(this);
  }

  private accept(socket: Socket, onSocket: (socket: Socket) => void): void {
    const index = this.heard.push('') - 1;
    this.sockets.add(socket);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.sockets.size);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => (this.heard[index] += bytes.toString('latin1')));
    socket.once('close', () => this.sockets.delete(socket));
    onSocket(socket);
  }
}
