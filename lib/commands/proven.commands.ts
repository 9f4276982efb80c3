import { proven } from './proven.js';
import { GuardedCommands } from './redis.commands.js';

/** The port for those who keep values of which nothing says whose they are. See {@link proven}. @internal */
export class ProvenCommands extends GuardedCommands {
  protected override run<T>(operation: string, args: readonly string[], toResult: (reply: unknown) => T): Promise<T> {
    return this.guard.run(operation, (sender) => proven(this.guard, sender, () => sender(args, args[1])), toResult);
  }
}
