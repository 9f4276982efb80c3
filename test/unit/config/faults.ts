import { RedisError } from '../../../lib/errors/redis.error.js';

/** The lines of the configuration error that a call throws; none where it throws nothing. */
export function faultsOf(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    if (!(error instanceof RedisError) || error.redisErrorKind !== 'configuration') throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^- /, ''));
  }
  return [];
}
