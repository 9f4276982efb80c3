import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { ChatDatabaseError } from './chat-database.error.js';
import { CREATE_TABLES } from './chat-tables.js';

const DEADLINE_MS = 2_000;
const END_MS = 500;

/** Asks Postgres, in time or not at all. What it says may quote a message: only its code is printed, and nothing is passed on. */
export class PostgresTables {
  private readonly logger = new Logger('ChatDatabase');
  private readonly pool: Pool;
  private made: Promise<unknown> | undefined;
  private isOut = false;

  constructor(connectionString: string) {
    this.pool = new Pool({
      connectionString,
      max: 4,
      connectionTimeoutMillis: DEADLINE_MS,
      query_timeout: DEADLINE_MS,
      application_name: 'chat-sample',
    });
    this.pool.on('error', () => undefined); // of an idle client: the next query takes another one
  }

  async query<T extends object>(text: string, values: readonly unknown[]): Promise<T[]> {
    try {
      await this.make();
      const { rows } = await this.pool.query<T>(text, [...values]);
      if (this.isOut) this.logger.log('Postgres answers again');
      this.isOut = false;
      return rows;
    } catch (error) {
      if (!this.isOut) this.logger.error(`Postgres does not answer: ${codeOf(error)}`);
      this.isOut = true;
      throw new ChatDatabaseError();
    }
  }

  /** Does not wait for a server that is silent. */
  async close(): Promise<void> {
    await Promise.race([this.pool.end(), pause(END_MS, undefined, { ref: false })]);
  }

  private async make(): Promise<void> {
    this.made ??= this.pool.query(CREATE_TABLES);
    try {
      await this.made;
    } catch (error) {
      this.made = undefined;
      throw error;
    }
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer in time';
}
