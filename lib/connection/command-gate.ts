import type { CommandGuard } from '../commands/command-guard.interface.js';
import type { CommandSender } from '../commands/command-sender.interface.js';
import type { RedisError } from '../errors/redis.error.js';
import type { DeadlineQueue } from '../utils/deadline-queue.js';
import { PendingCall } from './pending-call.js';
import { publishOperation } from './publish-operation.js';

/** What the gate asks of its connection. @internal */
export interface GateKeeper {
  readonly name: string;
  readonly isCluster: boolean;
  /** The deadlines of this connection's commands. */
  readonly deadlines: DeadlineQueue;
  /** Why nothing may be sent now; undefined where it may. */
  refusal(operation: string): RedisError | undefined;
  /** Writes to the socket; only called where there is no refusal. */
  readonly send: CommandSender;
  /** The same, to each server that holds keys. */
  nodes(): readonly CommandSender[];
  onAnswer(operation: string): void;
  /** The server does not let its user do that. */
  onForbidden(operation: string): void;
  /** The refusal of what would be sent after the deadline. */
  tooLate(operation: string): RedisError;
  /** The deadline passed without a reply. */
  onMissed(operation: string, elapsedMs: number): RedisError;
  /** The call was told that it failed. */
  onFailed(error: RedisError): void;
  /** The driver or the server rejected. */
  onRejected(error: unknown, operation: string, elapsedMs: number): RedisError;
}

/** Lets commands through while the connection is proven, each with a deadline. @internal */
export class CommandGate implements CommandGuard {
  constructor(private readonly keeper: GateKeeper) {}

  get isCluster(): boolean {
    return this.keeper.isCluster;
  }

  nodes(): readonly CommandSender[] {
    return this.keeper.nodes();
  }

  run<T>(
    operation: string,
    send: (sender: CommandSender) => Promise<unknown>,
    toResult: (reply: unknown) => T,
  ): Promise<T> {
    const { keeper } = this;
    const refusal = keeper.refusal(operation);
    if (refusal !== undefined) return this.refuse(operation, refusal);
    return new Promise<T>((resolve, reject) => {
      const call = new PendingCall(keeper, operation, toResult, resolve, reject);
      keeper.deadlines.add(call);
      try {
        send(call.sender).then(call.onReply, call.onError);
      } catch (error) {
        // Such as an argument that the driver cannot turn into text.
        call.onError(error);
      }
    });
  }

  private refuse<T>(operation: string, refusal: RedisError): Promise<T> {
    this.keeper.onFailed(refusal);
    publishOperation(this.keeper.name, operation, undefined, refusal.redisErrorKind);
    return Promise.reject(refusal);
  }
}
