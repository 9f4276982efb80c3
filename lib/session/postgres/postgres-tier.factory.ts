import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { definedOf } from '../../config/defined-of.js';
import { LineLogger } from '../../utils/line-logger.js';
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
import { RenewedTier } from './renewed.tier.js';

/** The options with their defaults. */
type PostgresSettings = PostgresTierOptions & Required<Pick<PostgresTierOptions, keyof typeof POSTGRES_DEFAULTS>>;

/**
 * Sessions in Postgres: written through, asked while Redis is out or in doubt, and seen by every node. It connects when its
 * application starts, and lets go of everything when that ends; it may then be used by the next.
 *
 * @example
 * SessionModule.forRoot({ fallback: [postgresTier({ connectionString }), memoryTier()] })
 *
 * @throws RedisError of kind `configuration` that names every fault
 *
 * @publicApi
 */
export function postgresTier(options: PostgresTierOptions): SessionTier {
  assertPostgresOptions(options);
  const settings: PostgresSettings = { ...POSTGRES_DEFAULTS, ...definedOf<PostgresTierOptions>(options) };
  return new RenewedTier(() => beginTier(settings));
}

function beginTier(settings: PostgresSettings): PostgresTier {
  const names = postgresNames(settings.table, settings.schema);
  const { pool, end } = poolOf(settings, settings.maxConnections);
  const log = new StatusLog(new LineLogger(new Logger('PostgresTier')));
  const line = lineOf(pool, names, settings, log);
  const [statements, ledgerTexts] = [postgresStatements(names), ledgerStatements(names)];
  const errands = new PostgresErrands(line, ledgerTexts, statements, settings.pruneIntervalMs);
  const watch: PostgresWatch = new PostgresWatch(() => new Client(pool.options), ledgerTexts, settings.timeoutMs, {
    get isReady() {
      return line.isReady;
    },
    tend: async (): Promise<boolean> => {
      void errands.pruneWhenDue();
      return (line.isUp && watch.isCurrent) || (await line.probe()) || !line.isUp;
    },
    prepareAgain: () => line.prepareAgain(),
  });
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
  assertPostgresOptions({ ...options, connectionString: 'postgres://' });
  const table = options.table ?? POSTGRES_DEFAULTS.table;
  return `${schemaStatements(postgresNames(table, options.schema), table).join(';\n')};\n`;
}

/** A client that is lost while idle is told by the next statement. */
const ignore = (): void => undefined;

function poolOf({ pool, connectionString = '' }: PostgresTierOptions, max: number): LentPool {
  const lent = pool === undefined ? ownedPool(connectionString, max) : { pool, end: () => Promise.resolve() };
  lent.pool.on('error', ignore);
  return { pool: lent.pool, end: () => lent.end().finally(() => lent.pool.off?.('error', ignore)) };
}

function lineOf(
  pool: LentPool['pool'],
  names: PostgresNames,
  { table, timeoutMs, createTable = true }: PostgresSettings,
  log: StatusLog,
): PostgresLine {
  const prepare: ConstructorParameters<typeof PostgresLine>[2] = (client) =>
    makeTables(client, names, table, createTable);
  return new PostgresLine(pool, timeoutMs, prepare, (error) => {
    if (error === undefined) log.say('log', 'Postgres answers again.');
    else log.say('error', `Sessions go without Postgres. ${error.message}`);
  });
}
