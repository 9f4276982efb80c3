import type { IoredisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  readonly stream?: { cork(): void; uncork(): void; readonly destroyed: boolean };
}

/**
 * Sends through ioredis, which writes each command by itself, a system call each: from the second of one turn on, they
 * are gathered into one write of the socket at the turn's end. Its own auto-pipelining would gather them too, but holds
 * later commands back until the earlier pipeline was answered, and they would be written after their callers were told
 * that they failed.
 *
 * @internal
 */
export function ioredisSender(client: IoredisLikeClient): CommandSender {
  const sending = client as unknown as SendingClient;
  let sentThisTurn = 0;
  let corked: { uncork(): void } | undefined;
  const endTurn = (): void => {
    sentThisTurn = 0;
    corked?.uncork();
    corked = undefined;
  };
  return (args) => {
    if (sentThisTurn++ === 0) process.nextTick(endTurn);
    else if (corked === undefined && sending.stream?.destroyed === false) {
      corked = sending.stream;
      sending.stream.cork();
    }
    return sending.call(...(args as [string, ...string[]]));
  };
}
