import type { RedisSentinelOptions } from '../interfaces/redis-options.interface.js';
import { definedOf } from './defined-of.js';
import type { EnvReader } from './env-reader.js';
import { secretFromEnv } from './env-secret.js';
import { parseSentinels } from './parse-sentinels.js';
import type { SentinelList } from './parse-sentinels.js';
import { schemeConflict } from './scheme-conflict.js';

/** What the variables say of sentinels, and the scheme that they give, which speaks for the server too. @internal */
export interface EnvSentinel {
  readonly sentinel?: RedisSentinelOptions;
  readonly scheme?: SentinelList['scheme'];
}

/** Reads `REDIS_SENTINELS` and the variables beside it. @internal */
export function sentinelFromEnv(env: EnvReader): EnvSentinel {
  const list = readList(env);
  const name = env.text('REDIS_SENTINEL_NAME');
  const username = env.text('REDIS_SENTINEL_USERNAME');
  const password = secretFromEnv(env, 'REDIS_SENTINEL_PASSWORD', 'REDIS_SENTINEL_PASSWORD_FILE');
  const tls = env.flag('REDIS_SENTINEL_TLS');
  if (list === undefined) return {};
  const conflict = schemeConflict(list.scheme, tls, 'REDIS_SENTINELS');
  if (conflict !== undefined) env.fault('REDIS_SENTINEL_TLS', conflict);
  if (name === undefined) env.fault('REDIS_SENTINELS', 'needs REDIS_SENTINEL_NAME beside it');
  const sentinel = { name: name ?? '', nodes: list.nodes, username, password, tls };
  return { sentinel: definedOf<RedisSentinelOptions>(sentinel), ...(list.scheme && { scheme: list.scheme }) };
}

const BESIDE = [
  'REDIS_SENTINEL_NAME',
  'REDIS_SENTINEL_USERNAME',
  'REDIS_SENTINEL_PASSWORD',
  'REDIS_SENTINEL_PASSWORD_FILE',
  'REDIS_SENTINEL_TLS',
];

function readList(env: EnvReader): SentinelList | undefined {
  const text = env.text('REDIS_SENTINELS');
  if (text !== undefined) {
    const list = parseSentinels(text);
    return 'fault' in list ? env.fault('REDIS_SENTINELS', list.fault) : list;
  }
  for (const name of BESIDE) {
    if (env.text(name) !== undefined) env.fault(name, 'is set without REDIS_SENTINELS');
  }
  return undefined;
}
