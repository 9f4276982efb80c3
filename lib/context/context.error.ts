import { RedisError } from '../errors/redis.error.js';

/** An argument that the cache refuses; names what, never its value. @internal */
export function createArgumentError(operation: string, fault: string): RedisError {
  return new RedisError({ kind: 'configuration', operation, message: `${operation}: ${fault}.` });
}

/** A message that cannot be stored as it is; names the field, never the content. @internal */
export function createMessageError(operation: string, fault: string): RedisError {
  return new RedisError({ kind: 'serialization', operation, message: `${operation}: ${fault}.` });
}

/** A reply to this very call that does not have the form its script gives. @internal */
export function createReplyError(operation: string): RedisError {
  return new RedisError({
    kind: 'reply',
    outcome: 'unknown',
    operation,
    message: `${operation}: the server's reply is not one that the script gives.`,
  });
}

/** A reply without the tag of the call: another command's. What became of this call is not known. @internal */
export function createForeignReplyError(operation: string): RedisError {
  return new RedisError({
    kind: 'reply',
    outcome: 'unknown',
    operation,
    message: `${operation}: the server's reply is that of another command. Check what stands between.`,
  });
}
