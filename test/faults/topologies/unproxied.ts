import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { RedisTestServer } from '../../support/redis-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { PASSWORD } from './standalone.js';
import type { World } from './world.js';

/** Sockets that the kernel takes for a process before it takes no more. */
const BACKLOG = 1;
/** More than fit; the kernel answers those that do not as it will answer the app: not at all. */
const FILLERS = 6;
const GAP_MS = 20;

/** One server that the app reaches without a proxy, for faults of the listening socket itself. */
export class Unproxied implements World {
  readonly secrets = [PASSWORD];
  private readonly fillers: Socket[] = [];

  private constructor(readonly server: RedisTestServer) {}

  static async start(): Promise<Unproxied> {
    const config = ['appendfsync no', `tcp-backlog ${BACKLOG}`];
    const server = await RedisTestServer.start({ password: PASSWORD, appendonly: true, config });
    // There are as few places before the unix socket.
    await server.hold();
    return new Unproxied(server);
  }

  get options(): RedisModuleOptions {
    return { host: this.server.host, port: this.server.port, password: PASSWORD };
  }

  /** Whoever knocks now is not heard: the process sleeps, and nobody fits into the queue before it any more. */
  async swallowKnocks(): Promise<void> {
    await this.server.freeze();
    for (let n = 0; n < FILLERS; n += 1) {
      const filler = connect(this.server.port, this.server.host);
      filler.on('error', () => undefined);
      this.fillers.push(filler);
      await sleep(GAP_MS);
    }
    if (this.fillers.every(({ connecting }) => !connecting)) throw new Error('The queue of the server was not filled');
  }

  async hearAgain(): Promise<void> {
    for (const filler of this.fillers.splice(0)) filler.destroy();
    await this.server.thaw();
  }

  sockets(): Promise<number> {
    return this.server.clientCount();
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    return this.server.command(...args);
  }

  async stop(): Promise<void> {
    for (const filler of this.fillers) filler.destroy();
    await this.server.stop();
  }
}
