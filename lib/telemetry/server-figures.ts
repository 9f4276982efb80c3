/** What INFO says of a server, or of all masters of a cluster together; what it does not say is missing. @internal */
export interface ServerFigures {
  readonly usedBytes?: number;
  /** Missing where a server has no limit. */
  readonly maxBytes?: number;
  /** Of the server that is nearest to its limit. */
  readonly memoryRatio?: number;
  readonly evictedKeys?: number;
  readonly clients?: number;
  /** How many servers have which role. */
  readonly roles?: Readonly<Record<'master' | 'replica', number>>;
  readonly replicas?: number;
  /** How far the replica that is furthest behind its master is; missing where there is none. */
  readonly lagBytes?: number;
}

/** The sections of INFO that are asked for: small ones, which every version has. @internal */
export const SECTIONS = ['memory', 'stats', 'clients', 'replication'] as const;

/** A text of each server for each section. @internal */
export type ServerInfo = Readonly<Record<(typeof SECTIONS)[number], readonly string[]>>;

/** @internal */
export function figuresOf(info: ServerInfo): ServerFigures {
  const { memory, stats, clients, replication } = info;
  const limits = memory.map((text) => numberOf(text, 'maxmemory') ?? 0);
  const figures = {
    usedBytes: sumOf(memory, 'used_memory'),
    maxBytes: limits.every((limit) => limit > 0) ? sumOf(memory, 'maxmemory') : undefined,
    memoryRatio: largest(memory.map(ratioOf)),
    evictedKeys: sumOf(stats, 'evicted_keys'),
    clients: sumOf(clients, 'connected_clients'),
    roles: rolesOf(replication),
    replicas: sumOf(replication, 'connected_slaves'),
    lagBytes: largest(replication.flatMap(lagsOf)),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined));
}

function ratioOf(memory: string): number | undefined {
  const limit = numberOf(memory, 'maxmemory') ?? 0;
  const used = numberOf(memory, 'used_memory');
  return limit > 0 && used !== undefined ? used / limit : undefined;
}

function rolesOf(replication: readonly string[]): ServerFigures['roles'] {
  const roles = replication.map((text) => fieldOf(text, 'role'));
  const count = (role: string): number => roles.filter((one) => one === role).length;
  const counts = { master: count('master'), replica: count('slave') };
  return counts.master + counts.replica > 0 ? counts : undefined;
}

/** Of each replica that follows: one that is still given its first copy is behind by all there is, which says nothing. */
function lagsOf(replication: string): number[] {
  const offset = numberOf(replication, 'master_repl_offset');
  if (offset === undefined || fieldOf(replication, 'role') !== 'master') return [];
  const replicas = replication.matchAll(/^slave\d+:.*\bstate=online,.*\boffset=(\d+)/gm);
  return [...replicas].map(([, reached]) => Math.max(0, offset - Number(reached)));
}

/** Undefined where one of them does not say. */
function sumOf(infos: readonly string[], field: string): number | undefined {
  const values = infos.map((info) => numberOf(info, field));
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function largest(values: readonly (number | undefined)[]): number | undefined {
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
