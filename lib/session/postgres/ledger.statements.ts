import type { PostgresNames } from './postgres.schema.js';

/** Rows that are counted while in doubt: past it the number only says "many". */
const MOST_COUNTED = 10_000;
/** How long a node that is cut off from Redis keeps the doubt from ending, each time it says so. */
const CUT_OFF = `interval '1500 milliseconds'`;

/** @internal */
export function ledgerStatements({ table, ledger, channel, nodesLock }: PostgresNames) {
  const tell = (source: string): string => `SELECT pg_notify('${channel}', 'page') FROM ${source}`;
  return {
    page: `SELECT generation, server_id, in_doubt, epoch, pg_backend_pid() AS pid,
  CASE WHEN in_doubt THEN (SELECT count(*) FROM (
    SELECT 1 FROM ${table} WHERE confirmed < l.generation AND horizon > $1 LIMIT ${MOST_COUNTED}) AS dirty) ELSE 0 END AS dirty
FROM ${ledger} l WHERE name = 'redis'`,
    cutOff: `UPDATE ${ledger} SET until = clock_timestamp() + ${CUT_OFF} WHERE name = 'cut-off' AND until < clock_timestamp() + ${CUT_OFF} / 2`,
    announce: `WITH told AS (
  UPDATE ${ledger} SET in_doubt = true, epoch = epoch + 1, since = clock_timestamp() WHERE name = 'redis' AND NOT in_doubt RETURNING 1
) ${tell('told')}`,
    meet: `WITH told AS (
  UPDATE ${ledger} SET epoch = epoch + CASE WHEN in_doubt THEN 0 ELSE 1 END, generation = generation + 1, server_id = $1,
    in_doubt = true, since = clock_timestamp() WHERE name = 'redis' AND server_id IS DISTINCT FROM $1 RETURNING 1
) ${tell('told')}`,
    lock: `SELECT 1 FROM ${ledger} WHERE name = 'redis' FOR UPDATE`,
    settle: `WITH told AS (
  UPDATE ${ledger} l SET in_doubt = false WHERE name = 'redis' AND in_doubt AND generation = $1
    AND since < clock_timestamp() - $3 * interval '1 millisecond'
    AND NOT EXISTS (SELECT 1 FROM ${ledger} WHERE name = 'cut-off' AND until > clock_timestamp())
    AND NOT EXISTS (SELECT 1 FROM ${table} WHERE confirmed < l.generation AND horizon > $2) RETURNING 1
) ${tell('told')}`,
    nodes: `SELECT clock_timestamp() - pg_postmaster_start_time() > $1 * interval '1 millisecond' AS settled, locks.pid
FROM (SELECT 1) AS one LEFT JOIN pg_locks AS locks ON locks.locktype = 'advisory' AND locks.mode = 'ShareLock' AND locks.granted
  AND locks.classid::bigint = ${nodesLock[0] >>> 0} AND locks.objid::bigint = ${nodesLock[1] >>> 0}
  AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    join: `SELECT pg_advisory_lock_shared(${nodesLock[0]}, ${nodesLock[1]}), pg_backend_pid() AS pid`,
    listen: `LISTEN ${channel}`,
    acknowledge: `SELECT pg_notify('${channel}', 'known:' || $1::text)`,
    /** Work that one node does for all, for so many milliseconds. */
    claim: `UPDATE ${ledger} SET owner = $2, until = clock_timestamp() + $3 * interval '1 millisecond'
WHERE name = $1 AND (owner = $2 OR until < clock_timestamp()) RETURNING 1`,
    release: `UPDATE ${ledger} SET until = '-infinity' WHERE name = $1 AND owner = $2`,
  } as const;
}

/** @internal */
export type LedgerStatements = ReturnType<typeof ledgerStatements>;
