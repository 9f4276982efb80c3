import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { PASSWORD } from './standalone.js';
import type { World } from './world.js';

const SYNC_MS = 10_000;

/** A master and its replica behind one address, which leads new sockets to whichever is the master. */
export class MasterAndReplica implements World {
  readonly secrets = [PASSWORD];

  private constructor(
    private readonly first: RedisTestServer,
    private readonly second: RedisTestServer,
    private readonly target: { port: number; readonly host: string },
    readonly proxy: TcpProxy,
  ) {}

  static async start(): Promise<MasterAndReplica> {
    const config = ['appendfsync no', 'repl-diskless-sync-delay 0', `masterauth ${PASSWORD}`];
    const common = { password: PASSWORD, appendonly: true };
    const first = await RedisTestServer.start({ ...common, config });
    const replicaOf = `replicaof ${first.host} ${first.port}`;
    const second = await RedisTestServer.start({ ...common, config: [...config, replicaOf] });
    await untilSaid(second, /master_link_status:up/);
    const target = { host: first.host, port: first.port };
    return new MasterAndReplica(first, second, target, await TcpProxy.start(target));
  }

  get options(): RedisModuleOptions {
    return { host: this.proxy.host, port: this.proxy.port, password: PASSWORD };
  }

  /** Masters and replicas change places, and nothing is lost. Open sockets stay where they are. */
  async swap(): Promise<void> {
    this.target.port = this.second.port;
    await this.first.command('FAILOVER', 'TO', this.second.host, this.second.port);
    await untilSaid(this.second, /role:master/);
  }

  async sockets(): Promise<number> {
    const lists = await Promise.all([this.first.clients(), this.second.clients()]);
    // their sockets to each other are not the app's
    return lists.flat().filter(({ fields }) => !/[MS]/.test(fields['flags'] ?? '')).length;
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    const master = this.target.port === this.first.port ? this.first : this.second;
    return master.command(...args);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await Promise.all([this.first.stop(), this.second.stop()]);
  }
}

async function untilSaid(server: RedisTestServer, text: RegExp): Promise<void> {
  await eventually(async () => text.test(String(await server.command('INFO', 'replication'))), {
    timeoutMs: SYNC_MS,
    what: String(text),
  });
}
