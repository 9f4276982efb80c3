import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import type { RedisSettings } from '../../../lib/interfaces/redis-settings.interface.js';
import { selfSigned } from '../../support/certificates.js';

export type Environment = Readonly<Record<string, string>>;

/** Where the examples of docs/ENV_SETUP_GUIDE.md keep their files; here, a folder of ours. */
const SECRETS = /^(?:\/run|\.)\/secrets\//;
const { cert, key } = selfSigned('docs.example');
const CONTENT_OF: Environment = {
  REDIS_PASSWORD_FILE: 'secret\n',
  REDIS_SENTINEL_PASSWORD_FILE: 'secret too\n',
  REDIS_TLS_CA_FILE: cert,
  REDIS_TLS_CERT_FILE: cert,
  REDIS_TLS_KEY_FILE: key,
};

/** The files that variables of the guide name. */
export class GuideFiles {
  private readonly dir = mkdtempSync(join(tmpdir(), 'hub-docs-'));

  /** The variables with the files they name put in place. */
  placed(env: Environment): Environment {
    const placed = Object.entries(env).map(([name, value]) => {
      const content = CONTENT_OF[name];
      if (content === undefined || !SECRETS.test(value)) return [name, value];
      const file = join(this.dir, value.replace(SECRETS, ''));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return [name, file];
    });
    return Object.fromEntries(placed) as Environment;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

export function settingsFrom(env: Environment): RedisSettings {
  return toRedisSettings(redisOptionsFromEnv((name) => env[name]));
}

/** What boot says of the variables; nothing where it takes them. */
export function refusalOf(env: Environment): RedisError | undefined {
  return refused(() => settingsFrom(env));
}

/** The same of options that are written by hand. */
export function refusalOfOptions(options: RedisModuleOptions): RedisError | undefined {
  return refused(() => toRedisSettings(options));
}

function refused(read: () => RedisSettings): RedisError | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RedisError) return error;
    throw error;
  }
}
