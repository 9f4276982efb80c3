import { readProperty } from '../errors/read-property.js';
import { RedisError } from '../errors/redis.error.js';
import { describeType } from './describe-value.js';

/** Refuses what is not an options object at all. @internal */
export function assertOptions(options: unknown): asserts options is object {
  const given = describeType(options);
  if (given === 'an object') {
    if (typeof readProperty(options, 'then') !== 'function') return;
    throw refusal('a promise', 'await it, or use forRootAsync with a factory');
  }
  const advice = given === 'a function' ? 'give it to forRootAsync as useFactory' : 'check what the factory returns';
  throw refusal(given, advice);
}

function refusal(given: string, advice: string): RedisError {
  const message = `The Redis options must be an object, got ${given}: ${advice}.`;
  return new RedisError({ kind: 'configuration', operation: 'configure', message });
}
