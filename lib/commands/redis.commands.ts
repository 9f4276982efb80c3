import { RedisError } from '../errors/redis.error.js';
import type { RedisCommands, RedisScript, SetOptions } from '../interfaces/redis-commands.interface.js';
import type { CommandGuard } from './command-guard.interface.js';
import type { CommandSender } from './command-sender.interface.js';
import { escapeGlob } from './escape-glob.js';
import { assertPong, isOk, isOne, toInteger, toRecord, toScanPage, toText, toTextOrNull, toTexts } from './replies.js';

const asItIs = (reply: unknown): unknown => reply;

/**
 * The port over a guard: builds the command, puts the prefix before the keys, reads the reply. Knows no driver.
 *
 * @internal
 */
export class GuardedCommands implements RedisCommands {
  constructor(
    private readonly guard: CommandGuard,
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
    if (keys.length === 0) return Promise.resolve(0);
    return this.run('del', ['DEL', ...this.prefixed(keys)], toInteger);
  }

  exists(...keys: string[]): Promise<number> {
    if (keys.length === 0) return Promise.resolve(0);
    return this.run('exists', ['EXISTS', ...this.prefixed(keys)], toInteger);
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
    const match = escapeGlob(this.keyPrefix) + pattern;
    let cursor = '0';
    do {
      const page = await this.runWithoutKey(
        'scan',
        ['SCAN', cursor, 'MATCH', match, 'COUNT', String(count)],
        toScanPage,
      );
      if (page.keys.length > 0) yield page.keys.map((key) => key.slice(this.keyPrefix.length));
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  info(section?: string): Promise<string> {
    return this.runWithoutKey('info', section === undefined ? ['INFO'] : ['INFO', section], toText);
  }

  ping(): Promise<number> {
    const startedAt = performance.now();
    return this.runWithoutKey('ping', ['PING'], (reply) => {
      assertPong(reply);
      return performance.now() - startedAt;
    });
  }

  runScript(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [String(keys.length), ...this.prefixed(keys), ...args.map(String)];
    return this.guard.run(script.name, (sender) => sendScript(sender, script, rest), asItIs);
  }

  /** Of a command whose first argument is its first key. */
  private run<T>(operation: string, args: readonly string[], toResult: (reply: unknown) => T): Promise<T> {
    return this.guard.run(operation, (sender) => sender(args, args[1]), toResult);
  }

  private runWithoutKey<T>(operation: string, args: readonly string[], toResult: (reply: unknown) => T): Promise<T> {
    return this.guard.run(operation, (sender) => sender(args), toResult);
  }

  private prefixed(keys: readonly string[]): string[] {
    return keys.map((key) => this.keyPrefix + key);
  }
}

/** EVALSHA first: the source travels only to a server that does not know it (restarted, or SCRIPT FLUSH). */
function sendScript(sender: CommandSender, script: RedisScript, rest: readonly string[]): Promise<unknown> {
  const key = rest[0] === '0' ? undefined : rest[1];
  return sender(['EVALSHA', script.sha1, ...rest], key).catch((error: unknown) => {
    if (!isUnknownScript(error)) throw error;
    return sender(['EVAL', script.lua, ...rest], key);
  });
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** Neither driver says what was wrong with such a value, and one leaves its rejection unhandled. */
function notText(operation: string): RedisError {
  const message = `${operation}: the value must be text; write it as JSON first, or use cacheSet.`;
  return new RedisError({ kind: 'serialization', operation, message });
}
