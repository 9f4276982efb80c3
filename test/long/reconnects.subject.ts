import type { EventEmitter } from 'node:events';
import { isRedisError, RedisClientFactory, type RedisDriverName } from 'nestjs-redis-hub';
import { countComplaints } from './complaints.js';
import { takeVitals, type Vitals } from './vitals.js';

/** What the process says of itself. */
export interface ReconnectSample extends Vitals {
  /** Times that a connection was lost and made again, since the start. */
  readonly reconnects: number;
  readonly connected: number;
  readonly complaints: number;
  /** Calls in flight or after a loss that rejected with anything but our error. */
  readonly foreign: number;
}

/** The process under test: `reconnects.subject.js DRIVER URL CONNECTIONS`; answers `state`, `sample`, `call`, `close`. */
const [driver, url, count] = process.argv.slice(2) as [RedisDriverName, string, string];
const complaints = countComplaints();
let reconnects = 0;
let foreign = 0;

const connections = await Promise.all(
  Array.from({ length: Number(count) }, () => RedisClientFactory.create({ url, driver })),
);
for (const connection of connections) {
  connection.state$.subscribe(({ from, to }) => (reconnects += from === 'reconnecting' && to === 'connected' ? 1 : 0));
}
const clients = connections.map((connection) => connection.getClient() as unknown as EventEmitter);

const connected = (): number => connections.filter(({ state }) => state === 'connected').length;

const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  state: () => Promise.resolve({ reconnects, connected: connected() }),
  sample: async () => ({
    ...(await takeVitals(clients)),
    reconnects,
    connected: connected(),
    complaints: complaints(),
    foreign,
  }),
  /** Leaves a call in flight on each connection, for the loss to find. */
  call: () => {
    for (const { commands } of connections) {
      commands.get('a').catch((error: unknown) => (foreign += isRedisError(error) ? 0 : 1));
    }
    return Promise.resolve(null);
  },
  close: async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    process.disconnect();
  },
};

process.on('message', (command: string) => {
  void COMMANDS[command]?.().then((answer) => process.connected && process.send?.(answer));
});
process.send?.('ready');
