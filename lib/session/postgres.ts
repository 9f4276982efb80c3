export { postgresSessionSql, postgresTier } from './postgres/postgres-tier.factory.js';
export type { PostgresTableOptions, PostgresTierOptions } from './postgres/postgres-options.js';
export type { PostgresPool } from './postgres/postgres-client.interface.js';
