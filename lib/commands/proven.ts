import { randomBytes } from 'node:crypto';
import { isErrorReply } from '../errors/is-error-reply.js';
import type { CommandGuard } from './command-guard.interface.js';
import type { CommandSender } from './command-sender.interface.js';
import { ForeignReplyError } from './foreign-reply.error.js';

/** What speaks against the replies before it; undefined where nothing does. */
type Echo = Promise<unknown>;

/** Tells processes apart, whose commands a proxy between them and the server may send over one socket. */
const PROCESS_TAG = `${randomBytes(4).toString('hex')}:`;

/** The questions that are sent at the end of this turn, one a connection. */
const echoes = new WeakMap<CommandGuard, Echo>();

let asked = 0;

/**
 * A command's reply, shown to be its own by a PING of a number behind it on the same socket: a reply that nobody asked
 * for would be taken for the answer of whoever waits, and every later one for another's. One PING serves all commands
 * of a turn. A user who may not PING does without; so does a cluster, which sends PING where it likes.
 *
 * @throws ForeignReplyError where the PING was answered with something else
 * @internal
 */
export async function proven(
  guard: CommandGuard,
  sender: CommandSender,
  command: () => Promise<unknown>,
): Promise<unknown> {
  if (guard.isCluster) return command();
  // Asked for first, so that it comes before the end of the turn, and into the same write.
  const echo = echoOf(guard, sender);
  const [reply, fault] = await Promise.all([settled(command()), echo]);
  if (fault instanceof ForeignReplyError) throw fault;
  if ('error' in reply) throw reply.error;
  if (fault !== undefined) throw fault;
  return reply.value;
}

async function settled(promise: Promise<unknown>): Promise<{ readonly value: unknown } | { readonly error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

/** Behind everything that is sent in this turn. */
function echoOf(guard: CommandGuard, sender: CommandSender): Echo {
  const known = echoes.get(guard);
  if (known !== undefined) return known;
  const echo = new Promise<unknown>((resolve) => {
    process.nextTick(() => {
      echoes.delete(guard);
      resolve(ask(sender));
    });
  });
  echoes.set(guard, echo);
  return echo;
}

async function ask(sender: CommandSender): Promise<unknown> {
  asked += 1;
  const tag = PROCESS_TAG + asked;
  try {
    return String(await sender(['PING', tag])) === tag ? undefined : new ForeignReplyError('followed by its own echo');
  } catch (error) {
    // An error reply shows nothing, such as that to a user who may not ask.
    return isErrorReply(error) ? undefined : error;
  }
}
