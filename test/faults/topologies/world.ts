import type { RedisModuleOptions } from 'nestjs-redis-hub';
import type { RespReply } from '../../support/resp-connection.js';

/** How the process of the app is started. */
export interface ProcessSettings {
  /** Arguments of Node itself. */
  readonly execArgv?: readonly string[];
  /** Beside the runner's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The servers of one cell and what is between them and the app. A topology is a function that starts one. */
export interface World {
  /** How the app reaches it. */
  readonly options: RedisModuleOptions;
  /** What must never be printed. */
  readonly secrets: readonly string[];
  /** Where it has to be started in a way of its own. */
  readonly process?: ProcessSettings;
  /** Of the queue's keys. @default bull */
  readonly queuePrefix?: string;
  /** Sockets that the app has open, as the servers see them. */
  sockets(): Promise<number>;
  /** Asks the server that is to know, past the proxy and as a user of the test; the argument after the command is the key. */
  ask(...args: (string | number)[]): Promise<RespReply>;
  stop(): Promise<void>;
}
