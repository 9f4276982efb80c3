import type { CommandSender } from '../commands/command-sender.interface.js';
import type { RedisError } from '../errors/redis.error.js';
import type { QueuedWait } from '../utils/deadline-queue.js';
import type { GateKeeper } from './command-gate.js';
import { publishOperation } from './publish-operation.js';

/** One operation between its gate and its answer. One object, since there is one a command. @internal */
export class PendingCall<T> implements QueuedWait {
  readonly startedAt = performance.now();
  before: QueuedWait | undefined = undefined;
  after: QueuedWait | undefined = undefined;
  private isLate = false;

  constructor(
    private readonly keeper: GateKeeper,
    private readonly operation: string,
    private readonly toResult: (reply: unknown) => T,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: RedisError) => void,
  ) {}

  /**
   * Asks again at every command: one operation may send two, and between them the connection may have changed, or its
   * caller have been told that it failed.
   */
  readonly sender: CommandSender = (args, key) => {
    const { keeper, operation } = this;
    const refusal = this.isLate ? keeper.tooLate(operation) : keeper.refusal(operation);
    return refusal === undefined ? keeper.send(args, key) : Promise.reject(refusal);
  };

  onPassed(): void {
    this.isLate = true;
    this.fail(this.keeper.onMissed(this.operation, this.elapsedMs));
  }

  readonly onReply = (reply: unknown): void => {
    this.keeper.deadlines.remove(this);
    this.keeper.onAnswer(this.operation);
    try {
      // Read even when nobody waits any more: a reply that cannot be ours shows that the socket is out of step.
      this.succeed(this.toResult(reply));
    } catch (error) {
      this.onError(error);
    }
  };

  readonly onError = (error: unknown): void => {
    this.keeper.deadlines.remove(this);
    const told = this.keeper.onRejected(error, this.operation, this.elapsedMs);
    if (told.redisErrorKind === 'permission') this.keeper.onForbidden(this.operation);
    if (!this.isLate) this.fail(told);
  };

  private get elapsedMs(): number {
    return performance.now() - this.startedAt;
  }

  private succeed(result: T): void {
    if (this.isLate) return;
    this.resolve(result);
    publishOperation(this.keeper.name, this.operation, this.startedAt, 'ok');
  }

  private fail(error: RedisError): void {
    this.reject(error);
    this.keeper.onFailed(error);
    publishOperation(this.keeper.name, this.operation, this.startedAt, error.redisErrorKind);
  }
}
