import { createHash } from 'node:crypto';
import type { PostgresClient } from './postgres-client.interface.js';

/** Names that everything of one session table is known by. @internal */
export interface PostgresNames {
  /** Quoted, with its schema where one was named. */
  readonly table: string;
  readonly ledger: string;
  /** Where nodes tell each other of a new page. */
  readonly channel: string;
  /** Two numbers that name advisory locks: held shared by each node that reads the ledger, and while tables are made. */
  readonly nodesLock: readonly [number, number];
  readonly schemaLock: readonly [number, number];
}

/** @internal */
export function postgresNames(table: string, schema: string | undefined): PostgresNames {
  const place = schema === undefined ? '' : `"${schema}".`;
  const digest = createHash('sha256')
    .update(`${schema ?? ''}.${table}`)
    .digest();
  const key = digest.readInt32BE(0);
  return {
    table: `${place}"${table}"`,
    ledger: `${place}"${table}_ledger"`,
    channel: `redis_hub_${digest.toString('hex').slice(0, 16)}`,
    nodesLock: [key, 1],
    schemaLock: [key, 2],
  };
}

/**
 * The statements that make what the tier needs; harmless where it exists.
 *
 * `confirmed` is the generation of Redis in which Redis had the row, 0 for none: that all rows became dirty is one number
 * in the ledger, and not an update of each row. Versions are compared as bytes, whatever the database's collation.
 *
 * @internal
 */
export function schemaStatements({ table, ledger }: PostgresNames, indexPrefix: string): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id text COLLATE "C" PRIMARY KEY,
  version text COLLATE "C" NOT NULL,
  expiry_version text COLLATE "C" NOT NULL,
  expires_at bigint NOT NULL,
  horizon bigint NOT NULL,
  confirmed integer NOT NULL,
  user_id text COLLATE "C",
  data text
)`,
    `CREATE INDEX IF NOT EXISTS "${indexPrefix}_confirmed" ON ${table} (confirmed, id)`,
    `CREATE INDEX IF NOT EXISTS "${indexPrefix}_horizon" ON ${table} (horizon)`,
    `CREATE INDEX IF NOT EXISTS "${indexPrefix}_user_id" ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    `CREATE TABLE IF NOT EXISTS ${ledger} (
  name text PRIMARY KEY,
  generation integer NOT NULL DEFAULT 1,
  epoch bigint NOT NULL DEFAULT 0,
  in_doubt boolean NOT NULL DEFAULT false,
  server_id text,
  owner text,
  until timestamptz NOT NULL DEFAULT '-infinity',
  since timestamptz NOT NULL DEFAULT '-infinity'
)`,
    ledgerRows({ table, ledger }),
  ];
}

/**
 * The rows of the ledger, where they are not there: a restore of the schema alone has none, nor has a table that was
 * emptied. What follows the generations of before holds nothing for confirmed; and an announcement is not taken for
 * one that some node knows already, since those of before are counted from an earlier time.
 */
function ledgerRows({ table, ledger }: Pick<PostgresNames, 'table' | 'ledger'>): string {
  return `INSERT INTO ${ledger} (name, generation, epoch)
SELECT name, (SELECT coalesce(max(confirmed), 0) + 1 FROM ${table}), (extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM (VALUES ('redis'), ('cut-off'), ('drain'), ('prune')) AS needed (name) ON CONFLICT DO NOTHING`;
}

const LEDGER_ROWS = 4;
const COLUMNS = {
  text: ['id', 'version', 'expiry_version', 'user_id', 'data'],
  bigint: ['expires_at', 'horizon'],
  integer: ['confirmed'],
};
const LEDGER_COLUMNS = {
  text: ['name', 'server_id', 'owner'],
  bigint: ['epoch'],
  integer: ['generation'],
  boolean: ['in_doubt'],
  timestamptz: ['until', 'since'],
};

/** Reads nothing, and fails where the table has no such column, or one of another type. */
function formCheck(table: string, columns: Readonly<Record<string, readonly string[]>>): string {
  const comparisons = Object.entries(columns).flatMap(([type, names]) =>
    names.map((name) => `${name} = NULL::${type}`),
  );
  return `SELECT 1 FROM ${table} WHERE ${comparisons.join(' AND ')} LIMIT 0`;
}

/**
 * Makes the tables, and the rows of the ledger, where they are not there, one node at a time: two that make tables at once
 * would collide. Rejects where they are not of the form that is needed.
 *
 * @internal
 */
export async function makeTables(
  client: PostgresClient,
  names: PostgresNames,
  indexPrefix: string,
  mayCreate: boolean,
): Promise<void> {
  const found = await client.query('SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL AS found', [
    names.table,
    names.ledger,
  ]);
  if (found.rows[0]?.['found'] !== true && mayCreate) {
    const statements = schemaStatements(names, indexPrefix);
    const [first, second] = names.schemaLock;
    // One message is one transaction.
    await client.query([`SELECT pg_advisory_xact_lock(${first}, ${second})`, ...statements].join(';\n'));
  }
  // Said once, and not by each statement that needs them.
  await client.query([formCheck(names.table, COLUMNS), formCheck(names.ledger, LEDGER_COLUMNS)].join(';\n'));
  const { rows } = await client.query(`SELECT count(*)::integer AS count FROM ${names.ledger}`);
  if (Number(rows[0]?.['count']) < LEDGER_ROWS) await client.query(ledgerRows(names));
}
