import type { PostgresNames } from './postgres.schema.js';

/*
 * The rules are those of joinEntries and of the memory tier; a test holds them equal. `s` is what is stored, `e` what
 * comes; a row whose time is over counts as none.
 */
const OVER = `((s.confirmed >= $8 AND s.expires_at <= $9) OR s.horizon <= $9)`;
const DEAD = `(s.data IS NULL OR e.data IS NULL)`;
/** Both ends count: the later is kept, and its version. */
const LONGEST = `(${DEAD} OR e.version = s.version
  OR (e.version > s.version AND s.expiry_version > least(e.version, e.expiry_version))
  OR (s.version > e.version AND e.expiry_version > least(s.version, s.expiry_version)))`;
const NEXT_DATA = `CASE WHEN ${DEAD} THEN NULL WHEN e.version > s.version THEN e.data ELSE s.data END`;
const later = (column: string): string =>
  `CASE WHEN ${LONGEST} THEN greatest(s.${column}, e.${column}) WHEN e.version > s.version THEN e.${column} ELSE s.${column} END`;
/** Everything that results is said by what comes. */
const COVERED = `(e.data IS NULL OR (s.data IS NOT NULL AND e.version >= s.version
  AND NOT (${LONGEST} AND s.expiry_version > e.expiry_version)))`;
const CHANGED = `((s.data IS NULL) IS DISTINCT FROM (${NEXT_DATA} IS NULL) OR greatest(s.version, e.version) > s.version
  OR ${later('expires_at')} <> s.expires_at OR ${later('expiry_version')} <> s.expiry_version)`;
const NEXT_CONFIRMED = `CASE WHEN ${COVERED} THEN e.confirmed WHEN e.confirmed = 0 AND ${CHANGED} THEN 0 ELSE s.confirmed END`;

const IS_EXPECTED = `WHERE ${OVER} OR (s.version = $10 AND s.data IS NOT NULL)`;

/** Columns of `excluded` under the short name of the rules. */
function joined(expression: string, column: string): string {
  return `CASE WHEN ${OVER} THEN e.${column} ELSE ${expression} END`.replaceAll(/\be\./g, 'excluded.');
}

function listStatements(table: string) {
  return {
    ids: `SELECT id FROM ${table} WHERE id > $1 AND data IS NOT NULL AND expires_at > $2 ORDER BY id LIMIT $3`,
    idsOfUser: `SELECT id FROM ${table} WHERE user_id = $1 AND data IS NOT NULL AND expires_at > $2`,
  } as const;
}

function upkeepStatements(table: string) {
  return {
    forget: `DELETE FROM ${table} WHERE id = $1 AND version = $2 AND expiry_version = $3 AND confirmed >= $4`,
    dirty: `SELECT id, version, expiry_version, expires_at, confirmed, data, user_id, data IS NULL AS dead FROM ${table}
WHERE confirmed < $1 AND horizon > $2 AND (confirmed, id) > ($3, $4) ORDER BY confirmed, id LIMIT $5`,
    confirm: `UPDATE ${table} s SET confirmed = greatest(s.confirmed, $1) FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) AS e (id, version, expiry_version, dead)
WHERE s.id = e.id AND ((s.data IS NULL AND e.dead) OR (s.data IS NOT NULL AND s.version = e.version AND e.expiry_version >= s.expiry_version))`,
    prune: `DELETE FROM ${table} WHERE id IN (
  SELECT id FROM ${table} WHERE horizon <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
  } as const;
}

/** The texts for one table. Each is one statement, so that none leaves a lock behind where a pooler stands between. @internal */
export function postgresStatements({ table, ledger }: PostgresNames) {
  const inDoubt = `SELECT epoch FROM ${ledger} WHERE name = 'redis' AND in_doubt FOR SHARE`;
  // What Redis confirmed in another generation is dirty, and not to be written as if it were not.
  const current = `FROM ${ledger} WHERE name = 'redis' AND generation = $6`;
  const put = (source: string, epoch: string, condition = ''): string => `
INSERT INTO ${table} AS s (id, version, expiry_version, expires_at, horizon, data, confirmed, user_id)
SELECT $1, $2, $3, $4::bigint, $4::bigint, $5, $6::integer, $7 ${source}
ON CONFLICT (id) DO UPDATE SET
  version = ${joined('greatest(s.version, e.version)', 'version')},
  expiry_version = ${joined(later('expiry_version'), 'expiry_version')},
  expires_at = ${joined(later('expires_at'), 'expires_at')},
  horizon = ${joined(`greatest(s.horizon, e.horizon)`, 'horizon')},
  data = ${joined(NEXT_DATA, 'data')},
  user_id = ${joined(`CASE WHEN ${DEAD} THEN NULL WHEN e.version > s.version THEN e.user_id ELSE s.user_id END`, 'user_id')},
  confirmed = ${joined(NEXT_CONFIRMED, 'confirmed')}
${condition}
RETURNING s.version, s.expiry_version, s.expires_at, s.confirmed, s.user_id, s.data IS NULL AS dead, ${epoch} AS epoch,
  CASE WHEN s.version = $2 THEN NULL ELSE s.data END AS data`;
  const touch = (isDirty: boolean): string => `
UPDATE ${table} s SET
  expires_at = greatest(s.expires_at, $2::bigint),
  horizon = greatest(s.horizon, $2::bigint),
  expiry_version = greatest(s.expiry_version, $3)${isDirty ? ', confirmed = 0' : ''}
${isDirty ? 'FROM doubt ' : ''}WHERE s.id = $1 AND s.data IS NOT NULL AND s.expires_at > $4
RETURNING s.version, s.expiry_version, s.expires_at, s.confirmed, false AS dead, s.data, s.user_id, ${isDirty ? 'doubt.epoch' : 'NULL'} AS epoch`;
  return {
    get: `SELECT version, expiry_version, expires_at, confirmed, data IS NULL AS dead, data, user_id FROM ${table} s
WHERE id = $1 AND NOT ((confirmed >= $2 AND expires_at <= $3) OR horizon <= $3)`,
    put: put(current, 'NULL'),
    /** Writes only while every node is told to read both, and keeps that from ending meanwhile. */
    putDirty: `WITH doubt AS (${inDoubt})${put('FROM doubt', '(SELECT epoch FROM doubt)')}`,
    putIf: put(current, 'NULL', IS_EXPECTED),
    putDirtyIf: `WITH doubt AS (${inDoubt})${put('FROM doubt', '(SELECT epoch FROM doubt)', IS_EXPECTED)}`,
    touch: touch(false),
    touchDirty: `WITH doubt AS (${inDoubt})${touch(true)}`,
    inDoubt: `SELECT epoch FROM ${ledger} WHERE name = 'redis' AND in_doubt`,
    ...listStatements(table),
    ...upkeepStatements(table),
  } as const;
}

/** @internal */
export type PostgresStatements = ReturnType<typeof postgresStatements>;
