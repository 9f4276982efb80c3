import type { IRedisClient, IRedisTransaction } from 'bullmq';

/** Sends what was recorded, or of that the commands in those places. @internal */
export type Replay = (client: IRedisClient, places?: readonly number[]) => Promise<unknown>;

/** Commands that BullMQ puts into a transaction. */
const RECORDED = [
  'hgetall',
  'hset',
  'hscan',
  'smembers',
  'sscan',
  'zrange',
  'lrange',
  'llen',
  'del',
  'runCommand',
] as const;

/**
 * A MULTI or a pipeline that is written down first and sent whole: nothing of it reaches a socket before the gate has
 * let it pass. node-redis would send a MULTI before it knows whether the login was accepted.
 *
 * @internal
 */
export class RecordedTransaction {
  /** @internal */
  readonly calls: { name: (typeof RECORDED)[number]; args: unknown[] }[] = [];

  constructor(
    private readonly kind: 'multi' | 'pipeline',
    private readonly send: (replay: Replay) => Promise<unknown>,
    /** Told the names of its scripts, before it is sent. */
    private readonly before: (scripts: readonly string[]) => void = () => undefined,
  ) {}

  /** Each once. */
  private get scripts(): string[] {
    return [...new Set(this.calls.filter(({ name }) => name === 'runCommand').map(({ args }) => String(args[0])))];
  }

  exec(): ReturnType<IRedisTransaction['exec']> {
    const replay: Replay = (client, places) => {
      this.before(this.scripts);
      const transaction = client[this.kind]();
      const calls = this.calls.filter((_, place) => places === undefined || places.includes(place));
      for (const { name, args } of calls) {
        (transaction[name] as (...all: unknown[]) => unknown).apply(transaction, args);
      }
      return transaction.exec();
    };
    return this.send(replay) as ReturnType<IRedisTransaction['exec']>;
  }
}

for (const name of RECORDED) {
  Object.defineProperty(RecordedTransaction.prototype, name, {
    value(this: RecordedTransaction, ...args: unknown[]): RecordedTransaction {
      this.calls.push({ name, args });
      return this;
    },
  });
}
