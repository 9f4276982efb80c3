import type { RedisMemoryDetails, RedisReplicationDetails } from './health-details.interface.js';

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

/** How far behind the replicas are; undefined where there is none, and the server is none. @internal */
export function replicationOf(infos: readonly string[]): RedisReplicationDetails | undefined {
  const all = infos.map(lagOf).filter((lag) => lag !== undefined);
  if (all.length === 0) return undefined;
  const lagBytes = largestOf(all.map((lag) => lag.lagBytes));
  const lagSeconds = largestOf(all.map((lag) => lag.lagSeconds));
  return {
    replicas: all.reduce((sum, { replicas }) => sum + replicas, 0),
    ...(lagBytes !== undefined && { lagBytes }),
    ...(lagSeconds !== undefined && { lagSeconds }),
  };
}

function lagOf(info: string): RedisReplicationDetails | undefined {
  const replicas = numberOf(info, 'connected_slaves') ?? 0;
  if (roleOf(info) === 'replica') return { replicas, lagSeconds: silenceOfMaster(info) };
  if (replicas === 0) return undefined;
  const offset = numberOf(info, 'master_repl_offset') ?? 0;
  // One that is still given its first copy is behind by all there is, which says nothing.
  const online = [...info.matchAll(/^slave\d+:.*\bstate=online,offset=(\d+),lag=(\d+)/gm)];
  return {
    replicas,
    lagBytes: largestOf(online.map(([, reached]) => Math.max(0, offset - Number(reached)))),
    lagSeconds: largestOf(online.map(([, , seconds]) => Number(seconds))),
  };
}

/** Of a replica. While the link is down the other field tells; where it never was up neither does, by -1. */
function silenceOfMaster(info: string): number | undefined {
  const isUp = fieldOf(info, 'master_link_status') === 'up';
  const seconds = numberOf(info, isUp ? 'master_last_io_seconds_ago' : 'master_link_down_since_seconds');
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

function largestOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

function numberOf(info: string, field: string): number | undefined {
  const value = Number(fieldOf(info, field) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function fieldOf(info: string, field: string): string | undefined {
  const line = info.split(/\r?\n/).find((text) => text.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim();
}
