import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { memoryTier } from 'nestjs-redis-hub/session';
import type { SessionData, SessionModuleOptions, SessionOptionsFactory } from 'nestjs-redis-hub/session';
import { postgresTier } from 'nestjs-redis-hub/session/postgres';

const TTL_MS = 30 * 60_000;

/** Logins in Redis, in the Postgres of `DATABASE_URL` where there is one, and in this process while neither answers. */
@Injectable()
export class ChatSessionOptions implements SessionOptionsFactory {
  constructor(private readonly config: ConfigService) {}

  createSessionOptions(): SessionModuleOptions {
    const connectionString = this.config.get<string>('DATABASE_URL');
    const shared = connectionString ? [postgresTier({ connectionString })] : [];
    return { ttlMs: TTL_MS, fallback: [...shared, memoryTier()], userOf };
  }
}

/** Who is logged in: for "log out everywhere". */
function userOf({ user }: SessionData): string | undefined {
  return typeof user === 'string' ? user : undefined;
}
