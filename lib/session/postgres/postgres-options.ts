import { Client } from 'pg';
import { readText } from '../../errors/read-property.js';
import { RedisError } from '../../errors/redis.error.js';
import { faultsOfOptions, mustBe, mustBeFlag, mustBeInteger } from '../../utils/option-faults.js';
import type { FaultOf, OptionRules } from '../../utils/option-faults.js';
import type { PostgresPool } from './postgres-client.interface.js';

/**
 * Where the table of sessions is.
 *
 * @publicApi
 */
export interface PostgresTableOptions {
  /** Name of the table; its ledger has the same with `_ledger` after it. @default 'redis_hub_sessions' */
  readonly table?: string;
  /** Schema of the table. @default the first of the role's search_path */
  readonly schema?: string;
}

/**
 * How a Postgres tier is reached, and its bounds. One of `connectionString` and `pool`.
 *
 * @publicApi
 */
export interface PostgresTierOptions extends PostgresTableOptions {
  /** `postgres://…`, such as `DATABASE_URL`. The tier makes and ends a pool of its own. */
  readonly connectionString?: string | undefined;
  /** A `pg.Pool` of the application, which is lent and never ended. The tier opens one more connection with its options. */
  readonly pool?: PostgresPool;
  /** Milliseconds within which Postgres has to answer. @default 500 */
  readonly timeoutMs?: number;
  /** The most connections of the tier's own pool; one more watches. @default 10 */
  readonly maxConnections?: number;
  /** Whether the tables are made when they are not there; otherwise make them with `postgresSessionSql()`. @default true */
  readonly createTable?: boolean;
  /** About how often expired rows are deleted, in milliseconds, by one node at a time. @default 60000 */
  readonly pruneIntervalMs?: number;
}

/** @internal */
export const POSTGRES_DEFAULTS = {
  table: 'redis_hub_sessions',
  timeoutMs: 500,
  maxConnections: 10,
  pruneIntervalMs: 60_000,
} as const;

/** Short enough that what is made of it is within Postgres' 63 bytes. */
const isName = (value: unknown): boolean => typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_$]{0,47}$/.test(value);
const isPool = (value: unknown): boolean =>
  typeof value === 'object'
  && value !== null
  && 'connect' in value
  && typeof value.connect === 'function'
  && 'options' in value
  && typeof value.options === 'object';
const NAME = 'a name of up to 48 letters, digits and underscores';

const ADDRESS = /^(postgres(ql)?:\/\/|socket:|\/)/;
const ADDRESS_FORM = 'must be a URL such as postgres://user:password@host:5432/database';

/** As `pg` reads it, which otherwise throws at the first connection, with the whole text in the error. */
const faultOfAddress: FaultOf = (value) => {
  if (typeof value !== 'string' || !ADDRESS.test(value)) return ADDRESS_FORM;
  try {
    return void new Client({ connectionString: value });
  } catch (error) {
    return readText(error, 'syscall') === undefined ? ADDRESS_FORM : 'names a file that cannot be read';
  }
};

const RULES: OptionRules<PostgresTierOptions> = {
  connectionString: faultOfAddress,
  pool: mustBe(isPool, 'a pg.Pool'),
  timeoutMs: mustBeInteger(10, 60_000),
  maxConnections: mustBeInteger(1, 1_000),
  createTable: mustBeFlag,
  pruneIntervalMs: mustBeInteger(100, 2 ** 30),
  table: mustBe(isName, NAME),
  schema: mustBe(isName, NAME),
};

/** Throws a RedisError of kind `configuration` that names every fault. @internal */
export function assertPostgresOptions(options: PostgresTierOptions): void {
  const faults = faultsOfOptions(options, RULES);
  const given =
    faults.length > 0 ? 1 : Number(options.connectionString !== undefined) + Number(options.pool !== undefined);
  if (given !== 1) faults.push('give one of connectionString and pool (is the variable set that it comes from?)');
  if (faults.length === 0) return;
  const message = `postgresTier: ${faults.join('; ')}.`;
  throw new RedisError({ kind: 'configuration', operation: 'postgresTier', message });
}
