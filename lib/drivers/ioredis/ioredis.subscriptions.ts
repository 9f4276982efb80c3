import type { Redis } from 'ioredis';

/** What ioredis knows of its socket: `subscriber` once it listens to anything. */
interface ConditionHolder {
  readonly condition?: { readonly subscriber?: false | { readonly set: Readonly<Record<string, object>> } };
}

/**
 * What a client listens to, kept from one socket to the next. ioredis would subscribe again by itself, without a look at
 * the outcome: a socket that is lost before the answer came loses the subscriptions for good, with a rejection that
 * nobody handles. Version 5 does so before it knows that the server answers at all.
 *
 * @internal
 */
export class IoredisSubscriptions {
  private readonly isWanted: boolean;
  private kept: readonly (readonly [command: string, channels: readonly string[]])[] = [];

  constructor(private readonly redis: Redis) {
    this.isWanted = redis.options.autoResubscribe !== false;
    redis.options.autoResubscribe = false;
  }

  /** When a socket is lost on which all was restored. What one that never came so far has is a part of what is kept. */
  keep(): void {
    const { condition } = this.redis as unknown as ConditionHolder;
    const { set = {} } = condition?.subscriber || {};
    this.kept = Object.entries(set).map(([command, channels]) => [command, Object.keys(channels)]);
  }

  /** Once the next one has been proven. @throws what the server says to it, or the loss of that socket too */
  async restore(): Promise<void> {
    if (!this.isWanted) return;
    const commands = this.kept.flatMap(([command, channels]) =>
      partsOf(command, channels).map((part) => [command, part] as const),
    );
    await Promise.all(commands.map(([command, part]) => this.redis.call(command, part)));
  }
}

/** At once, but for those of shards, which may be of several slots. */
function partsOf(command: string, channels: readonly string[]): string[][] {
  if (command === 'ssubscribe') return channels.map((channel) => [channel]);
  return channels.length === 0 ? [] : [[...channels]];
}
