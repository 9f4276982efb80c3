import { Command, Redis as Ioredis, type RedisOptions } from 'ioredis';

type SendArguments = Parameters<Ioredis['sendCommand']>;
type Send = (...args: SendArguments) => unknown;

/** What ioredis keeps of the socket before this one, and goes by when it is connected anew. */
interface Remembering {
  prevCondition?: { select: number } | null;
}

/** Said of a transaction that relied on a WATCH of which the server forgot; by the name that node-redis gives it. */
class WatchError extends Error {
  override readonly name = 'WatchError';

  constructor() {
    super('The connection was lost after WATCH: the watched keys may have changed. Nothing was written; WATCH again.');
  }
}

/**
 * ioredis' client, but for two things that it carries over to a new socket: it would go on in the database of a SELECT
 * that somebody sent, not in the one that was configured; and it would commit a transaction whose WATCH was lost with
 * the old socket, where node-redis says that it did not. Named as what it is, for those who look at the name.
 *
 * @internal
 */
export class Redis extends Ioredis {
  private watchedOn: unknown;

  constructor(options: RedisOptions) {
    super(options as object);
  }

  override connect(callback?: Parameters<Ioredis['connect']>[0]): Promise<void> {
    const { prevCondition } = this as unknown as Remembering;
    if (prevCondition) prevCondition.select = this.options.db ?? 0;
    return super.connect(callback);
  }

  override sendCommand(...args: SendArguments): unknown {
    const { name } = args[0];
    if (name === 'watch') this.watchedOn ??= this.stream;
    if (name !== 'exec' && name !== 'unwatch' && name !== 'discard') return super.sendCommand(...args);
    const isLost = name === 'exec' && this.watchedOn !== undefined && this.watchedOn !== this.stream;
    this.watchedOn = undefined;
    return isLost ? giveUp(args, (...instead) => super.sendCommand(...instead)) : super.sendCommand(...args);
  }
}

/** DISCARD in the place of EXEC, so that the server is not left inside the transaction. */
function giveUp([exec, stream]: SendArguments, send: Send): unknown {
  const discard = new Command('discard');
  discard.promise.catch(() => undefined);
  send(discard, stream);
  exec.reject(new WatchError());
  return exec.promise;
}
