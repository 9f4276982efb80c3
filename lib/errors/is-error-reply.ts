/** How Redis marks the error replies of its own: an upper-case word, then text. Source: the RESP specification. @internal */
export const REPLY_PREFIX = /^[A-Z][A-Z0-9_]{2,}(?:\s|$)/;

/**
 * Whether a rejection is the server's answer, and not a loss, a deadline or the driver's refusal. Told by name and
 * text: the classes differ between drivers and their versions.
 *
 * @internal
 */
export function isErrorReply(error: unknown): boolean {
  if (!(error instanceof Error) || 'code' in error) return false;
  return error.name === 'ReplyError' || REPLY_PREFIX.test(error.message);
}
