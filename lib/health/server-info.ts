import type { RedisMemoryDetails } from './health-details.interface.js';

/** What INFO says of the server's memory. @internal */
export interface ServerMemory extends RedisMemoryDetails {
  /** Whether a full server refuses writes, rather than evicting something. */
  readonly refusesWhenFull: boolean;
}

/** The memory section of INFO; undefined where the text does not have it. @internal */
export function memoryOf(info: string): ServerMemory | undefined {
  const usedBytes = Number(fieldOf(info, 'used_memory') ?? Number.NaN);
  if (!Number.isFinite(usedBytes)) return undefined;
  const maxBytes = Number(fieldOf(info, 'maxmemory') ?? 0);
  const refusesWhenFull = fieldOf(info, 'maxmemory_policy') === 'noeviction';
  if (!(maxBytes > 0)) return { usedBytes, refusesWhenFull };
  return { usedBytes, maxBytes, ratio: Math.round((usedBytes / maxBytes) * 1_000) / 1_000, refusesWhenFull };
}

/** The role in the replication section of INFO. @internal */
export function roleOf(info: string): 'master' | 'replica' | undefined {
  const role = fieldOf(info, 'role');
  if (role === 'master') return 'master';
  return role === 'slave' ? 'replica' : undefined;
}

function fieldOf(info: string, field: string): string | undefined {
  const line = info.split(/\r?\n/).find((text) => text.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim();
}
