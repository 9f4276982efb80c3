import { GuardedCommands } from '../lib/commands/redis.commands.js';
import { toRedisSettings } from '../lib/config/to-redis-settings.js';
import type { CommandGuard } from '../lib/commands/command-guard.interface.js';
import type { CommandSender } from '../lib/commands/command-sender.interface.js';
import { resolveDriver } from '../lib/drivers/resolve-driver.js';
import type { RedisCommands, RedisDriverName } from 'nestjs-redis-hub';

const HANDSHAKE_MS = 2_000;

/** The same port on the same driver settings, with nothing between a caller and the socket. */
export interface BarePort {
  readonly commands: RedisCommands;
  readonly close: () => Promise<void>;
}

/**
 * The port without deadline, breaker, state and watchdog: what the package would be if it trusted the driver. Built of
 * the library's own files, so that the guard is all that differs; it exists for measuring alone.
 */
export async function openBarePort(url: string, name: RedisDriverName): Promise<BarePort> {
  const settings = toRedisSettings({ url, driver: name });
  const client = (await resolveDriver(name)).create(settings);
  await client.connect(HANDSHAKE_MS);
  return { commands: new GuardedCommands(straightThrough(client.send), ''), close: () => client.end() };
}

function straightThrough(sender: CommandSender): CommandGuard {
  return {
    isCluster: false,
    nodes: () => [sender],
    run: (_operation, send, toResult) => send(sender).then(toResult),
  };
}
