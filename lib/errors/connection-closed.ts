/**
 * What ioredis says when there is no more to say: of the errors of one attempt any other tells more, and is told in its
 * place.
 *
 * @internal
 */
export function connectionClosed(): Error {
  return new Error('Connection is closed.');
}
