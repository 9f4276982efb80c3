import type { RedisModuleOptions } from 'nestjs-redis-hub';
import { NameServer } from '../../support/name-server.js';
import type { RespReply } from '../../support/resp-connection.js';
import { standalone, type Standalone } from './standalone.js';
import type { ProcessSettings, World } from './world.js';

const HOST = 'redis.faults.test';
const LOOKUP = new URL('../app/name-lookup.js', import.meta.url).href;

/** One server that the app knows by its name only, and the name server that is asked for it. */
export class Named implements World {
  private constructor(
    readonly home: Standalone,
    readonly names: NameServer,
  ) {}

  static async start(): Promise<Named> {
    return new Named(await standalone()(), await NameServer.start());
  }

  get secrets(): readonly string[] {
    return this.home.secrets;
  }

  get options(): RedisModuleOptions {
    return { ...this.home.options, host: HOST };
  }

  get process(): ProcessSettings {
    return { execArgv: ['--import', LOOKUP], env: { FAULTS_NAME_SERVER: this.names.address } };
  }

  sockets(): Promise<number> {
    return this.home.sockets();
  }

  ask(...args: (string | number)[]): Promise<RespReply> {
    return this.home.ask(...args);
  }

  async stop(): Promise<void> {
    await this.home.stop();
    await this.names.stop();
  }
}
