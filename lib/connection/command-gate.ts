import type { CommandGuard } from '../commands/command-guard.interface.js';
import type { CommandSender } from '../commands/command-sender.interface.js';
import type { RedisError } from '../errors/redis.error.js';
import { startDeadline } from '../utils/deadline.js';
import { REDIS_CHANNELS, type RedisOperationEvent } from '../utils/redis-events.js';

/** What the gate asks of its connection. @internal */
export interface GateKeeper {
  readonly name: string;
  readonly commandTimeoutMs: number;
  /** Why nothing may be sent now; undefined where it may. */
  refusal(operation: string): RedisError | undefined;
  /** Writes to the socket; only called where there is no refusal. */
  readonly send: CommandSender;
  onAnswer(): void;
  /** The refusal of what would be sent after the deadline. */
  tooLate(operation: string): RedisError;
  /** The deadline passed without a reply. */
  onMissed(operation: string, elapsedMs: number): RedisError;
  /** The driver or the server rejected. */
  onRejected(error: unknown, operation: string, elapsedMs: number): RedisError;
}

/** Lets commands through while the connection is proven, each with a deadline. @internal */
export class CommandGate implements CommandGuard {
  constructor(private readonly keeper: GateKeeper) {}

  run<T>(
    operation: string,
    send: (sender: CommandSender) => Promise<unknown>,
    toResult: (reply: unknown) => T,
  ): Promise<T> {
    const refusal = this.keeper.refusal(operation);
    if (refusal !== undefined) return Promise.reject(this.told(operation, 0, refusal));
    return new Promise<T>((resolve, reject) => this.settle(operation, send, toResult, resolve, reject));
  }

  private settle<T>(
    operation: string,
    send: (sender: CommandSender) => Promise<unknown>,
    toResult: (reply: unknown) => T,
    resolve: (value: T) => void,
    reject: (error: RedisError) => void,
  ): void {
    const { keeper } = this;
    const startedAt = performance.now();
    const elapsed = (): number => performance.now() - startedAt;
    let late = false;
    const fail = (error: RedisError): void => reject(this.told(operation, elapsed(), error));
    const deadline = startDeadline(keeper.commandTimeoutMs, () => {
      late = true;
      fail(keeper.onMissed(operation, elapsed()));
    });
    send(this.sender(operation, () => late))
      .then((reply) => {
        deadline.stop();
        keeper.onAnswer();
        const result = toResult(reply);
        if (late) return;
        resolve(result);
        if (REDIS_CHANNELS.operation.hasSubscribers) this.publish(operation, elapsed(), 'ok');
      })
      .catch((error: unknown) => {
        deadline.stop();
        const told = keeper.onRejected(error, operation, elapsed());
        if (!late) fail(told);
      });
  }

  /**
   * Asks again at every command: one operation may send two, and between them the connection may have changed, or its
   * caller have been told that it failed.
   */
  private sender(operation: string, isLate: () => boolean): CommandSender {
    return (args) => {
      const refusal = isLate() ? this.keeper.tooLate(operation) : this.keeper.refusal(operation);
      return refusal === undefined ? this.keeper.send(args) : Promise.reject(refusal);
    };
  }

  private told(operation: string, durationMs: number, error: RedisError): RedisError {
    if (REDIS_CHANNELS.operation.hasSubscribers) this.publish(operation, durationMs, error.redisErrorKind);
    return error;
  }

  private publish(operation: string, durationMs: number, outcome: RedisOperationEvent['outcome']): void {
    REDIS_CHANNELS.operation.publish({ connection: this.keeper.name, operation, durationMs, outcome });
  }
}
