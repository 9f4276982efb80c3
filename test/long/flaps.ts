import { setTimeout as pass } from 'node:timers/promises';
import type { RedisTestServer } from '../support/redis-server.js';
import type { TcpProxy } from '../support/tcp-proxy.js';

/** One way in which Redis goes away and comes back. */
export interface Flap {
  readonly name: string;
  play(server: RedisTestServer, proxy: TcpProxy): Promise<void>;
}

const FROZEN_MS = 2_000;
const KILLED_MS = 1_000;
const SLOW_MS = 2_000;
const REFUSED_MS = 1_500;
/** Beyond the deadline of a command. */
const DELAY_MS = 700;

/**
 * Played in turn. Every second one ends all sockets at the server too, which knows nothing of a half-open one: then they
 * can be counted there.
 */
export const FLAPS: readonly Flap[] = [
  { name: 'half-open', play: async (_server, proxy) => proxy.halfOpen() },
  { name: 'reset', play: async (_server, proxy) => proxy.reset() },
  {
    name: 'frozen',
    play: async (server) => {
      await server.freeze();
      await pass(FROZEN_MS);
      await server.thaw();
    },
  },
  {
    name: 'killed',
    play: async (server) => {
      await server.kill();
      await pass(KILLED_MS);
      await server.restart();
    },
  },
  {
    name: 'slow',
    play: async (_server, proxy) => {
      proxy.delay(DELAY_MS);
      await pass(SLOW_MS);
      await proxy.pass();
    },
  },
  {
    name: 'refused',
    play: async (_server, proxy) => {
      const refusing = proxy.refuse();
      proxy.reset();
      await refusing;
      await pass(REFUSED_MS);
      await proxy.pass();
    },
  },
];
