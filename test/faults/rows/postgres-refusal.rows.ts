import { standalone } from '../topologies/standalone.js';
import { checkPostgres } from './postgres-checks.js';
import { untilPostgresIsMissed } from './moments.js';
import { row, type FaultRow, type RowTools } from './row.js';

const WRONG_PASSWORD = 'PGWRONG-SECRET-6174';
const TABLE = 'redis_hub_sessions';

/** Postgres answers, and refuses. Redis is well and serves by itself. */
const REFUSED = {
  topology: standalone(),
  variants: ['postgres'],
  underTraffic: true,
  kind: 'none',
  cells: { session: 'R', context: 'R', cache: 'R', queue: 'R' },
  healthSays: 'Postgres',
  check: checkPostgres,
} as const;

/** Redis is there, and waited for. */
const REFUSED_AT_START = { ...REFUSED, underTraffic: false, atStart: true, options: { boot: 'fail-fast' } } as const;

/** Refused from now on, up to where the app has noticed. */
async function refuse(tools: RowTools, ...statements: string[]): Promise<void> {
  for (const statement of statements) await tools.postgres.query(statement);
  await untilPostgresIsMissed(tools);
}

async function permit({ postgres }: RowTools, statement: string): Promise<void> {
  await postgres.query(statement);
}

/** Met by new connections only, so that the old ones are ended. */
async function refuseNew(tools: RowTools, setting: string): Promise<void> {
  await tools.postgres.query(`ALTER ROLE ${tools.postgres.name} ${setting}`);
  await tools.postgres.endConnections();
  await untilPostgresIsMissed(tools);
}

/** Asked elsewhere: in that database the question would be refused as well. */
async function setReadOnly({ postgres }: RowTools, value: 'on' | 'off'): Promise<void> {
  await postgres.server.query(`ALTER DATABASE ${postgres.name} SET default_transaction_read_only = ${value}`);
  await postgres.endConnections();
}

/** What Postgres says for reasons of its own. */
export const POSTGRES_REFUSAL_ROWS: readonly FaultRow[] = [
  row({
    ...REFUSED,
    name: 'postgres_read_only',
    hides: 'nothing: each write is rejected, and reads are answered.',
    inflict: async (_world, tools) => {
      await setReadOnly(tools, 'on');
      await untilPostgresIsMissed(tools);
    },
    lift: (_world, tools) => setReadOnly(tools, 'off'),
    health: 'degraded(readonly/connection)',
  }),
  row({
    ...REFUSED,
    name: 'postgres_no_more_connections',
    hides: 'pg: each request asks for a connection anew.',
    inflict: (_world, tools) => refuseNew(tools, 'CONNECTION LIMIT 0'),
    lift: (_world, tools) => permit(tools, `ALTER ROLE ${tools.postgres.name} CONNECTION LIMIT -1`),
    health: 'degraded(maxclients/connection)',
  }),
  row({
    ...REFUSED_AT_START,
    name: 'postgres_wrong_password_at_start',
    hides: 'nothing: pg says so each time it is asked.',
    postgresOptions: (postgres) => ({ connectionString: postgres.urlWith({ password: WRONG_PASSWORD }) }),
    secrets: [WRONG_PASSWORD],
    lift: (_world, { postgres }) => postgres.setPassword(WRONG_PASSWORD),
    health: 'degraded(auth)',
  }),
  row({
    ...REFUSED,
    name: 'postgres_password_rotated',
    hides: 'nothing as long as a connection lives: the next one is refused.',
    inflict: (_world, tools) => refuseNew(tools, `PASSWORD '${WRONG_PASSWORD}'`),
    secrets: [WRONG_PASSWORD],
    lift: (_world, { postgres }) => postgres.setPassword(),
    health: 'degraded(auth/connection)',
  }),
  row({
    ...REFUSED_AT_START,
    name: 'postgres_no_database_at_start',
    hides: 'nothing: pg says so each time it is asked.',
    inflict: async (_world, { postgres: { server, name } }) =>
      void (await server.query(`ALTER DATABASE ${name} RENAME TO ${name}_away`)),
    lift: async (_world, { postgres: { server, name } }) =>
      void (await server.query(`ALTER DATABASE ${name}_away RENAME TO ${name}`)),
    health: 'degraded(config)',
  }),
  row({
    ...REFUSED,
    name: 'postgres_no_rights',
    hides: 'nothing: each statement is rejected, with its values in the detail of some errors.',
    inflict: (_world, tools) => refuse(tools, `REVOKE ALL ON ${TABLE} FROM ${tools.postgres.name}`),
    lift: (_world, tools) => permit(tools, `GRANT ALL ON ${TABLE} TO ${tools.postgres.name}`),
    health: 'degraded(permission)',
  }),
  row({
    ...REFUSED_AT_START,
    name: 'postgres_wrong_schema_at_start',
    hides: 'nothing: each statement is rejected.',
    inflict: async (_world, { postgres }) => {
      await postgres.query(`CREATE TABLE ${TABLE} (id integer); CREATE TABLE ${TABLE}_ledger (id integer)`);
    },
    lift: async (_world, { postgres }) => void (await postgres.query(`DROP TABLE ${TABLE}, ${TABLE}_ledger`)),
    health: 'degraded(config)',
  }),
  row({
    ...REFUSED,
    name: 'postgres_disk_full',
    // A real one refuses only what needs a new page: of a few small sessions nothing for a long time.
    hides: 'nothing: what needs room is rejected, and the rest goes on.',
    inflict: (_world, tools) =>
      refuse(
        tools,
        `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`,
        `CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ${TABLE} EXECUTE FUNCTION full_disk()`,
      ),
    lift: (_world, tools) => permit(tools, `DROP TRIGGER full_disk ON ${TABLE}`),
    health: 'degraded(oom)',
  }),
];
