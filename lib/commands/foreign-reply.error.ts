/**
 * A reply that cannot be the answer to the command that was sent: replies are out of step, and every later one may be
 * another caller's. The reply itself is not kept: it is somebody's data.
 *
 * @internal
 */
export class ForeignReplyError extends Error {
  // Mapped to the kind `connection-lost`: the socket is thrown away for it.
  readonly code = 'ECONNABORTED';

  constructor(expected: string) {
    super(`The reply is not ${expected}, so it is not the answer to this command; the connection is thrown away`);
    this.name = 'ForeignReplyError';
  }
}
