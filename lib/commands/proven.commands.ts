import { proven } from './proven.js';
import { GuardedCommands } from './redis.commands.js';

/** The port for those who keep values of which nothing says whose they are. See {@link proven}. @internal */
export class ProvenCommands extends GuardedCommands {
  protected override run<T>(operation: string, args: readonly string[], toResult: (reply: unknown) => T): Promise<T> {
    if (this.guard.isCluster) return super.run(operation, args, toResult);
    return this.guard.run(operation, (sender) => proven(sender, () => sender(args)), toResult);
  }
}
