import { RedisError } from '../errors/redis.error.js';
import type { RedisCommands, RedisScript, SetOptions } from '../interfaces/redis-commands.interface.js';
import type { CommandGuard } from './command-guard.interface.js';
import type { CommandSender } from './command-sender.interface.js';
import { crossSlotError, groupedBySlot } from './by-slot.js';
import { isGathered } from './define-gathered-script.js';
import type { GatheredScript } from './define-gathered-script.js';
import { escapeGlob } from './escape-glob.js';
import {
  assertPong,
  isOk,
  isOne,
  sumOf,
  toInteger,
  toRecord,
  toScanPage,
  toText,
  toTextOrNull,
  toTexts,
} from './replies.js';
import { ScriptGatherer } from './script-gatherer.js';
import { sendScript } from './send-script.js';

const asItIs = (reply: unknown): unknown => reply;

/**
 * The port over a guard: builds the command, puts the prefix before the keys, reads the reply. Knows no driver.
 *
 * @internal
 */
export class GuardedCommands implements RedisCommands {
  private readonly gatherer = new ScriptGatherer();

  constructor(
    protected readonly guard: CommandGuard,
    private readonly keyPrefix: string,
  ) {}

  get(key: string): Promise<string | null> {
    return this.run('get', ['GET', this.keyPrefix + key], toTextOrNull);
  }

  set(key: string, value: string, options: SetOptions = {}): Promise<boolean> {
    if (typeof value !== 'string') return Promise.reject(notText('set'));
    const args = ['SET', this.keyPrefix + key, value];
    if (options.ttlMs !== undefined) args.push('PX', String(options.ttlMs));
    if (options.condition !== undefined) args.push(options.condition.toUpperCase());
    return this.run('set', args, isOk);
  }

  del(...keys: string[]): Promise<number> {
    return this.count('del', keys);
  }

  exists(...keys: string[]): Promise<number> {
    return this.count('exists', keys);
  }

  pexpire(key: string, ttlMs: number): Promise<boolean> {
    return this.run('pexpire', ['PEXPIRE', this.keyPrefix + key, String(ttlMs)], isOne);
  }

  pttl(key: string): Promise<number> {
    return this.run('pttl', ['PTTL', this.keyPrefix + key], toInteger);
  }

  incrby(key: string, amount: number): Promise<number> {
    return this.run('incrby', ['INCRBY', this.keyPrefix + key, String(amount)], toInteger);
  }

  hgetall(key: string): Promise<Record<string, string>> {
    return this.run('hgetall', ['HGETALL', this.keyPrefix + key], toRecord);
  }

  lrange(key: string, start: number, stop: number): Promise<string[]> {
    return this.run('lrange', ['LRANGE', this.keyPrefix + key, String(start), String(stop)], toTexts);
  }

  async *scan(pattern: string, count = 100): AsyncIterable<string[]> {
    const rest = ['MATCH', escapeGlob(this.keyPrefix) + pattern, 'COUNT', String(count)];
    // Each node has cursors of its own. The list is that of the beginning: what was lost since then refuses.
    for (const node of this.guard.nodes()) {
      let cursor = '0';
      do {
        const args = ['SCAN', cursor, ...rest];
        const send = (sender: CommandSender): Promise<unknown> => (this.guard.isCluster ? node : sender)(args);
        const page = await this.guard.run('scan', send, toScanPage);
        if (page.keys.length > 0) yield page.keys.map((key) => key.slice(this.keyPrefix.length));
        cursor = page.cursor;
      } while (cursor !== '0');
    }
  }

  info(section?: string): Promise<string> {
    const args = infoOf(section);
    return this.guard.run('info', (sender) => sender(args), toText);
  }

  infoOfEach(section?: string): Promise<string[]> {
    return this.onEach('info', infoOf(section), toTexts);
  }

  ping(): Promise<number> {
    const startedAt = performance.now();
    return this.onEach('ping', ['PING'], (replies) => {
      for (const reply of replies) assertPong(reply);
      return performance.now() - startedAt;
    });
  }

  runScript(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const full = this.prefixed(keys);
    const texts = args.map(String);
    if (isGathered(script, texts) && !this.guard.isCluster) return this.gather(script, full, texts);
    const refusal = this.guard.isCluster ? crossSlotError(script.name, full) : undefined;
    if (refusal !== undefined) return Promise.reject(refusal);
    this.gatherer.sendBefore(full);
    const rest = [String(keys.length), ...full, ...texts];
    return this.guard.run(script.name, (sender) => sendScript(sender, script, rest), asItIs);
  }

  /** Of a command whose first argument is its first key. */
  protected run<T>(operation: string, args: readonly string[], toResult: (reply: unknown) => T): Promise<T> {
    this.gatherer.sendBefore(args);
    return this.guard.run(operation, (sender) => sender(args, args[1]), toResult);
  }

  private gather(script: GatheredScript, [key = '']: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.guard.run(script.name, (sender) => this.gatherer.add(script, sender, key, args), asItIs);
  }

  /** One command a server, at the same time. */
  private onEach<T>(
    operation: string,
    args: readonly string[],
    toResult: (replies: readonly unknown[]) => T,
  ): Promise<T> {
    const send = (): Promise<unknown[]> => Promise.all(this.guard.nodes().map((node) => node(args)));
    return this.guard.run(operation, send, (replies) => toResult(replies as unknown[]));
  }

  /** How many of the keys a command found; a command for each slot where that has to be. */
  private count(operation: 'del' | 'exists', keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return Promise.resolve(0);
    const full = this.prefixed(keys);
    const name = operation.toUpperCase();
    if (!this.guard.isCluster) return this.run(operation, [name, ...full], toInteger);
    const groups = groupedBySlot(full);
    const send = (sender: CommandSender): Promise<unknown[]> =>
      Promise.all(groups.map((group) => sender([name, ...group], group[0])));
    return this.guard.run(operation, send, sumOf);
  }

  private prefixed(keys: readonly string[]): string[] {
    return keys.map((key) => this.keyPrefix + key);
  }
}

function infoOf(section: string | undefined): string[] {
  return section === undefined ? ['INFO'] : ['INFO', section];
}

/** Neither driver says what was wrong with such a value, and one leaves its rejection unhandled. */
function notText(operation: string): RedisError {
  const message = `${operation}: the value must be text; write it as JSON first, or use cacheSet.`;
  return new RedisError({ kind: 'serialization', operation, message });
}
