import { ForeignReplyError } from './foreign-reply.error.js';

/** HGETALL's reply, whatever protocol and driver: pairs in a row, a map, or an object. @internal */
export function toRecord(reply: unknown): Record<string, string> {
  if (Array.isArray(reply) && reply.length % 2 === 0) return recordOfPairs(reply);
  if (reply instanceof Map) return recordOf([...reply]);
  if (isPlainObject(reply)) return recordOf(Object.entries(reply));
  throw new ForeignReplyError('a hash');
}

function recordOfPairs(flat: readonly unknown[]): Record<string, string> {
  const pairs: [unknown, unknown][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]]);
  return recordOf(pairs);
}

function recordOf(pairs: readonly (readonly [unknown, unknown])[]): Record<string, string> {
  return Object.fromEntries(pairs.map(([field, value]) => [toText(field), toText(value)]));
}

function isPlainObject(reply: unknown): reply is object {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) && !Buffer.isBuffer(reply);
}

/** @internal */
export function toText(reply: unknown): string {
  if (typeof reply === 'string') return reply;
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  throw new ForeignReplyError('text');
}

/** @internal */
export function toTextOrNull(reply: unknown): string | null {
  return reply === null || reply === undefined ? null : toText(reply);
}

/** @internal */
export function toTexts(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new ForeignReplyError('a list');
  return reply.map(toText);
}

/** A number, or its digits where the driver was told to give numbers as text. @internal */
export function toInteger(reply: unknown): number {
  if (typeof reply === 'bigint' || (typeof reply === 'string' && /^-?\d+$/.test(reply))) return Number(reply);
  if (typeof reply !== 'number') throw new ForeignReplyError('a number');
  return reply;
}

/** The sum of what several servers counted. @internal */
export function sumOf(replies: unknown): number {
  return (replies as unknown[]).reduce<number>((sum, reply) => sum + toInteger(reply), 0);
}

/** @internal */
export function isOne(reply: unknown): boolean {
  return toInteger(reply) === 1;
}

/** SET's reply: OK, or null where the condition forbade it. @internal */
export function isOk(reply: unknown): boolean {
  const text = toTextOrNull(reply);
  if (text !== null && text !== 'OK') throw new ForeignReplyError('OK');
  return text === 'OK';
}

/** PING's reply. @internal */
export function assertPong(reply: unknown): void {
  if (toText(reply) !== 'PONG') throw new ForeignReplyError('PONG');
}

/** SCAN's reply. @internal */
export function toScanPage(reply: unknown): { cursor: string; keys: string[] } {
  if (!Array.isArray(reply) || reply.length !== 2) throw new ForeignReplyError('a page of keys');
  const [cursor, keys] = reply as [unknown, unknown];
  return { cursor: String(cursor), keys: toTexts(keys) };
}
