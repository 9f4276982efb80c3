import type { CommandSender } from '../commands/command-sender.interface.js';
import { classifyError } from '../errors/classify-error.js';
import { isErrorReply } from '../errors/is-error-reply.js';

/**
 * Proves that somebody answers. Version 5 of both drivers may say ready before: ioredis does not wait for AUTH and
 * SELECT, node-redis has nothing to ask where there is no login. What was sent after those is answered after them, if
 * only by an error, which is for whoever asks next.
 *
 * @throws the loss of the socket, or what a server says that has no place left
 * @internal
 */
export async function untilAnswered(send: CommandSender): Promise<void> {
  await send(['PING']).catch((error: unknown) => {
    if (!isErrorReply(error) || classifyError(error)?.kind === 'max-clients') throw error;
  });
}
