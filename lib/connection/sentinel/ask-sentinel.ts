import type { CommandSender } from '../../commands/command-sender.interface.js';
import { toRecord } from '../../commands/replies.js';
import { RedisError } from '../../errors/redis.error.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { isAddress } from '../../utils/is-address.js';
import type { SentinelAnswer } from './choose-answer.js';

/**
 * Asks one sentinel for the master of a group. The address comes from the question that clients are meant to ask: it is
 * answered with the promoted replica while the fail-over is still going on. The epoch comes from the other, which users
 * of few rights may not ask.
 *
 * @throws what the sentinel or the driver said, or a `RedisError` of kind `configuration`
 * @internal
 */
export async function askSentinel(send: CommandSender, group: string): Promise<SentinelAnswer> {
  const [address, details] = await Promise.allSettled([
    send(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', group]),
    send(['SENTINEL', 'MASTER', group]),
  ]);
  if (isNothing(address)) throw fault(`knows no group named "${group}"`);
  const fields = details.status === 'fulfilled' ? fieldsOf(details.value) : {};
  const master = endpointOf(address.status === 'fulfilled' ? address.value : [fields['ip'], fields['port']]);
  if (master !== undefined) return { master, epoch: epochOf(fields['config-epoch']) };
  if (address.status === 'fulfilled') throw fault(`gave no address for the master of "${group}"; is it a sentinel?`);
  if (isUnknownCommand(address.reason)) throw fault('is no sentinel: it does not know the command SENTINEL');
  throw address.reason;
}

function isNothing(reply: PromiseSettledResult<unknown>): boolean {
  return reply.status === 'fulfilled' && (reply.value === null || reply.value === undefined);
}

function endpointOf(pair: unknown): HostEndpoint | undefined {
  const [host, port] = Array.isArray(pair) ? (pair as unknown[]) : [];
  if (typeof host !== 'string') return undefined;
  const endpoint = { host, port: Number(port) };
  return isAddress(endpoint) ? endpoint : undefined;
}

function epochOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

function fieldsOf(reply: unknown): Readonly<Record<string, string>> {
  try {
    return toRecord(reply);
  } catch {
    return {};
  }
}

function isUnknownCommand(reason: unknown): boolean {
  return reason instanceof Error && /^ERR unknown command/i.test(reason.message);
}

function fault(message: string): RedisError {
  return new RedisError({ kind: 'configuration', operation: 'connect', message, outcome: 'rejected' });
}
