import { randomBytes } from 'node:crypto';
import { ForeignReplyError } from '../commands/foreign-reply.error.js';
import { RedisError } from '../errors/redis.error.js';
import type { RedisCommands, RedisScript } from '../interfaces/redis-commands.interface.js';

type Arguments = readonly (string | number)[];

/** Scripts whose reply ends with the tag of its request, and so proves to be the reply to this very call. @internal */
export class TaggedScripts {
  private readonly tagPrefix = `${randomBytes(4).toString('hex')}:`;
  private requests = 0;

  constructor(
    private readonly commands: RedisCommands,
    private readonly distrust: (reason: Error) => void,
  ) {}

  /** What the script replied, without the tag. The tag goes between the arguments. */
  async run(script: RedisScript, key: string, after: Arguments, before: Arguments = []): Promise<readonly unknown[]> {
    this.requests += 1;
    const tag = this.tagPrefix + this.requests;
    const reply = await this.commands.runScript(script, [key], [...before, tag, ...after]);
    if (Array.isArray(reply) && String(reply.at(-1)) === tag) return reply.slice(0, -1) as unknown[];
    // Whatever else is under way on this socket may be given another's reply too.
    this.distrust(new ForeignReplyError(`one that ${script.name} gives`));
    throw new RedisError({
      kind: 'reply',
      operation: script.name,
      outcome: 'unknown',
      message: `The server's reply to ${script.name} is not the one to this call. Check what stands between.`,
    });
  }
}
