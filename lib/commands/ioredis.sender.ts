import type { IoredisLikeClient } from '../interfaces/redis-client.interface.js';
import type { CommandSender } from './command-sender.interface.js';

interface SendingClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  readonly stream?: { cork(): void; uncork(): void; readonly destroyed: boolean };
}

/**
 * Sends through ioredis, which writes each command by itself: beyond a few in flight, those of one tick are gathered
 * into one write of the socket. Its own auto-pipelining would do so too, but holds later commands back until the
 * earlier pipeline was answered, and they would be written after their callers were told that they failed.
 *
 * @internal
 */
export function ioredisSender(client: IoredisLikeClient, gatherFrom = 16): CommandSender {
  const sending = client as unknown as SendingClient;
  let inFlight = 0;
  let corked = false;
  const done = (): void => {
    inFlight--;
  };
  const gather = (): void => {
    const { stream } = sending;
    if (corked || stream === undefined || stream.destroyed) return;
    corked = true;
    stream.cork();
    setImmediate(() => {
      corked = false;
      stream.uncork();
    });
  };
  return (args) => {
    if (++inFlight > gatherFrom) gather();
    const reply = sending.call(...(args as [string, ...string[]]));
    reply.then(done, done);
    return reply;
  };
}
