import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { RedisTestServer, type RedisTestServerOptions } from '../../support/redis-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { World } from './world.js';

export const PASSWORD = 'PASSWORD-SECRET-0815';

/** One server with a password and an append-only file, and a proxy before it. */
export class Standalone implements World {
  readonly secrets = [PASSWORD];
  /** When each socket was opened to the proxy, in milliseconds of `performance.now()`. */
  readonly dials: number[] = [];

  private constructor(
    readonly server: RedisTestServer,
    readonly proxy: TcpProxy,
  ) {
    proxy.on('connection', () => this.dials.push(performance.now()));
  }

  static async start(options: RedisTestServerOptions = {}): Promise<Standalone> {
    // A killed process loses nothing that it wrote, synced or not; and a busy disk would stall every command.
    const config = ['appendfsync no', ...(options.config ?? [])];
    const server = await RedisTestServer.start({ password: PASSWORD, appendonly: true, ...options, config });
    return new Standalone(server, await TcpProxy.start(server));
  }

  get options(): RedisModuleOptions {
    return { host: this.proxy.host, port: this.proxy.port, password: PASSWORD };
  }

  /** Of a half-open socket that the app has closed the server does not know. */
  async sockets(): Promise<number> {
    return (await this.server.clientCount()) - this.proxy.abandoned;
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    return this.server.command(...args);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.server.stop();
  }
}

/** A topology for rows: {@link Standalone} with these options of the server. */
export function standalone(options: RedisTestServerOptions = {}): () => Promise<Standalone> {
  return () => Standalone.start(options);
}

/** Ends the server as `kill -9` does. New sockets are refused, as they would be without a proxy. */
export async function killServer({ proxy, server }: Standalone): Promise<void> {
  await server.kill();
  await proxy.refuse();
}

export async function restartServer({ proxy, server }: Standalone): Promise<void> {
  await server.restart();
  await proxy.pass();
}
