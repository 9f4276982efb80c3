import { randomBytes } from 'node:crypto';
import { isErrorReply } from '../errors/is-error-reply.js';
import type { CommandSender } from './command-sender.interface.js';
import { ForeignReplyError } from './foreign-reply.error.js';

/** Tells processes apart, whose commands a proxy between them and the server may send over one socket. */
const PROCESS_TAG = `${randomBytes(4).toString('hex')}:`;

let echoes = 0;

/**
 * A command's reply, shown to be its own by a PING of a number right behind it on the same socket: a reply that nobody
 * asked for would be taken for the answer of whoever waits, and every later one for another's. A user who may not PING
 * does without; so does a cluster, which sends PING where it likes.
 *
 * @throws ForeignReplyError where the PING was answered with something else
 * @internal
 */
export async function proven(sender: CommandSender, command: () => Promise<unknown>): Promise<unknown> {
  echoes += 1;
  const tag = PROCESS_TAG + echoes;
  const [reply, echo] = await Promise.allSettled([command(), sender(['PING', tag])]);
  if (echo.status === 'fulfilled' && String(echo.value) !== tag)
    throw new ForeignReplyError('followed by its own echo');
  if (reply.status === 'rejected') throw reply.reason;
  if (echo.status === 'rejected' && !isErrorReply(echo.reason)) throw echo.reason;
  return reply.value;
}
