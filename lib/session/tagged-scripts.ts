import { randomBytes } from 'node:crypto';
import { ForeignReplyError } from '../commands/foreign-reply.error.js';
import { RedisError } from '../errors/redis.error.js';
import type { RedisCommands, RedisScript } from '../interfaces/redis-commands.interface.js';

type Arguments = readonly (string | number)[];

/** Scripts whose reply bears the tag of its request, and so proves to be the reply to this very call. @internal */
export class TaggedScripts {
  private readonly tagPrefix = `${randomBytes(4).toString('hex')}:`;
  private requests = 0;

  constructor(
    private readonly commands: RedisCommands,
    private readonly distrust: (reason: Error) => void,
  ) {}

  /** What the script replied, a list, without the tag at its end. The tag is the first argument. */
  async run(script: RedisScript, key: string, args: Arguments): Promise<readonly unknown[]> {
    const tag = this.nextTag();
    const reply = await this.commands.runScript(script, [key], [tag, ...args]);
    if (Array.isArray(reply) && String(reply.at(-1)) === tag) return reply.slice(0, -1) as unknown[];
    throw this.foreign(script);
  }

  /** The same of a script whose reply is one text: the tag, then words. A list costs every driver more. */
  async words(script: RedisScript, key: string, args: Arguments): Promise<readonly string[]> {
    const tag = this.nextTag();
    const [first, ...words] = String(await this.commands.runScript(script, [key], [tag, ...args])).split(' ');
    if (first === tag) return words;
    throw this.foreign(script);
  }

  private nextTag(): string {
    this.requests += 1;
    return this.tagPrefix + this.requests;
  }

  private foreign(script: RedisScript): RedisError {
    // Whatever else is under way on this socket may be given another's reply too.
    this.distrust(new ForeignReplyError(`one that ${script.name} gives`));
    return new RedisError({
      kind: 'reply',
      operation: script.name,
      outcome: 'unknown',
      message: `The server's reply to ${script.name} is not the one to this call. Check what stands between.`,
    });
  }
}
