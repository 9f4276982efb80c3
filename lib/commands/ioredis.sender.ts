import type { IoredisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface CorkedStream {
  cork(): void;
  uncork(): void;
  readonly destroyed: boolean;
}

interface SendingClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  readonly stream?: CorkedStream;
}

/** The server begins with these while the next are made. */
const MOST_IN_A_WRITE = 16;

/**
 * Sends through ioredis, which writes each command by itself, a system call each: those of one turn are gathered into few
 * writes of the socket, the last at the turn's end. Its own auto-pipelining would gather them too, but holds
 * later commands back until the earlier pipeline was answered, and they would be written after their callers were told
 * that they failed.
 *
 * @param streamsOf the sockets that commands go to, where the client is a cluster: measured 2.9 times as many at 64 in flight
 * @internal
 */
export function ioredisSender(
  client: IoredisLikeClient,
  streamsOf?: () => readonly (CorkedStream | undefined)[],
): CommandSender {
  const sending = client as unknown as SendingClient;
  let sentThisTurn = 0;
  let corked: CorkedStream[] | undefined;
  const flush = (): void => {
    for (const stream of corked ?? []) stream.uncork();
    corked = undefined;
  };
  const endTurn = (): void => {
    sentThisTurn = 0;
    flush();
  };
  const cork = (): CorkedStream[] => {
    const open = (streamsOf?.() ?? [sending.stream]).filter((stream) => stream?.destroyed === false);
    for (const stream of open) stream?.cork();
    return open as CorkedStream[];
  };
  return ([name = '', ...args]) => {
    if (sentThisTurn === 0) process.nextTick(endTurn);
    else if (sentThisTurn % MOST_IN_A_WRITE === 0) flush();
    sentThisTurn += 1;
    corked ??= cork();
    // Before 5.9 ioredis knows commands by their small letters only: a subscriber may not send PING, and may send ping.
    return sending.call(name.toLowerCase(), ...args);
  };
}
