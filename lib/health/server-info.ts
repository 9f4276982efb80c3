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

/**
 * The memory of the server that is nearest to its limit, or uses most where there is none: of a cluster, the master
 * that will refuse first.
 *
 * @internal
 */
export function fullestOf(infos: readonly string[]): ServerMemory | undefined {
  const all = infos.map(memoryOf).filter((memory) => memory !== undefined);
  return all.toSorted((one, other) => (other.ratio ?? 0) - (one.ratio ?? 0) || other.usedBytes - one.usedBytes)[0];
}

/** `replica` where one of the servers is one: it refuses writes. @internal */
export function lowestRoleOf(infos: readonly string[]): 'master' | 'replica' | undefined {
  const roles = infos.map(roleOf);
  if (roles.includes('replica')) return 'replica';
  return roles.every((role) => role === 'master') ? 'master' : undefined;
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
