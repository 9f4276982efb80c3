import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import type { SessionTier } from '../interfaces/session-tier.interface.js';
import { StatusLog } from '../status-log.js';
import { ledgerStatements } from './ledger.statements.js';
import { POSTGRES_DEFAULTS, assertPostgresOptions } from './postgres-options.js';
import type { PostgresTableOptions, PostgresTierOptions } from './postgres-options.js';
import { PostgresConfirmations } from './postgres.confirmations.js';
import { PostgresErrands } from './postgres.errands.js';
import { PostgresLedger } from './postgres.ledger.js';
import { PostgresLine } from './postgres.line.js';
import { ownedPool } from './postgres.pool.js';
import type { LentPool } from './postgres.pool.js';
import { makeTables, postgresNames, schemaStatements } from './postgres.schema.js';
import type { PostgresNames } from './postgres.schema.js';
import { postgresStatements } from './postgres.statements.js';
import { PostgresTier } from './postgres.tier.js';
import { PostgresWatch } from './postgres.watch.js';

/**
 * Sessions in Postgres: written through, asked while Redis is out or in doubt, and seen by every node.
 *
 * @throws RedisError of kind `configuration` that names every fault
 *
 * @publicApi
 */
export function postgresTier(options: PostgresTierOptions): SessionTier {
  assertPostgresOptions(options);
  const settings = { ...POSTGRES_DEFAULTS, ...definedOf(options) };
  const names = postgresNames(settings.table, options.schema);
  const { pool, end } = poolOf(options, settings.maxConnections);
  pool.on('error', () => undefined); // told by the next statement
  const log = new StatusLog(new Logger('PostgresTier'));
  const line = lineOf(pool, names, settings, log);
  const [statements, ledgerTexts] = [postgresStatements(names), ledgerStatements(names)];
  const errands = new PostgresErrands(line, ledgerTexts, statements, settings.pruneIntervalMs);
  const watch = new PostgresWatch(
    () => new Client(pool.options),
    ledgerTexts,
    settings.timeoutMs,
    async () => {
      if (!line.isUp || watch.page === undefined) await line.probe();
      void errands.pruneWhenDue();
    },
  );
  return new PostgresTier({
    line,
    watch,
    ledger: new PostgresLedger(line, watch, names),
    confirmations: new PostgresConfirmations(line, statements),
    errands,
    statements,
    end: () => end().finally(() => log.end()),
  });
}

/**
 * The SQL that makes the tables of a Postgres tier, for a role that may; the tier then needs to read and write them only.
 *
 * @publicApi
 */
export function postgresSessionSql(options: PostgresTableOptions = {}): string {
  assertPostgresOptions({ ...options, connectionString: '-' });
  const table = options.table ?? POSTGRES_DEFAULTS.table;
  return `${schemaStatements(postgresNames(table, options.schema), table).join(';\n')};\n`;
}

function poolOf({ pool, connectionString = '' }: PostgresTierOptions, max: number): LentPool {
  return pool === undefined ? ownedPool(connectionString, max) : { pool, end: () => Promise.resolve() };
}

function lineOf(
  pool: LentPool['pool'],
  names: PostgresNames,
  { table, timeoutMs, createTable = true }: PostgresTierOptions & { table: string; timeoutMs: number },
  log: StatusLog,
): PostgresLine {
  const prepare: ConstructorParameters<typeof PostgresLine>[2] = (client) =>
    makeTables(client, names, table, createTable);
  return new PostgresLine(pool, timeoutMs, prepare, (error) => {
    if (error === undefined) log.say('log', 'Postgres answers again.');
    else log.say('error', `Sessions go without Postgres. ${error.message}`);
  });
}

/** An option that is undefined is not given. */
function definedOf<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
