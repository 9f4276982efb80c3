import type { JsonValue } from '../context-message.interface.js';
import { isJsonList, isJsonRecord } from './json-record.js';
import type { JsonRecord } from './json-record.js';

const TYPES = ['Uint8Array', 'Buffer', 'ArrayBuffer', 'URL'] as const;

/** A value that became text: where it is in its message, and what it was. @internal */
export interface TypedValue {
  readonly at: readonly (string | number)[];
  readonly is: (typeof TYPES)[number];
}

/** What bytes and URLs are as text, base64 or href; undefined for anything else. @internal */
export function bytesOf(value: object): { readonly text: string; readonly is: TypedValue['is'] } | undefined {
  if (Buffer.isBuffer(value)) return { text: value.toString('base64'), is: 'Buffer' };
  switch (Object.prototype.toString.call(value)) {
    case '[object Uint8Array]': {
      const { buffer, byteOffset, byteLength } = value as Uint8Array<ArrayBuffer>;
      return { text: Buffer.from(buffer, byteOffset, byteLength).toString('base64'), is: 'Uint8Array' };
    }
    case '[object ArrayBuffer]':
      return { text: Buffer.from(value as ArrayBuffer).toString('base64'), is: 'ArrayBuffer' };
    case '[object URL]':
      return value instanceof URL ? { text: value.href, is: 'URL' } : undefined;
    default:
      return undefined;
  }
}

/** The message with each value in its type again; undefined where one of them is not there. @internal */
export function revived(record: JsonRecord, typed: readonly TypedValue[]): object | undefined {
  const copy = structuredClone(record) as Record<string, unknown>;
  return typed.every(({ at, is }) => reviveAt(copy, at, is)) ? copy : undefined;
}

/** @internal */
export function isTypedValues(value: JsonValue | undefined): value is JsonValue & readonly TypedValue[] {
  return isJsonList(value) && value.every(isTypedValue);
}

function isTypedValue(value: JsonValue): boolean {
  if (!isJsonRecord(value) || Object.keys(value).length !== 2) return false;
  const { at, is } = value;
  if (!isJsonList(at) || !TYPES.includes(is as TypedValue['is'])) return false;
  return at.length > 0 && at.every((step) => typeof step === 'string' || typeof step === 'number');
}

function reviveAt(record: object, at: readonly (string | number)[], is: TypedValue['is']): boolean {
  let holder: unknown = record;
  for (const step of at.slice(0, -1)) holder = ownValue(holder, step);
  const last = at.at(-1) ?? '';
  const text = ownValue(holder, last);
  const value = typeof text === 'string' ? typedOf(text, is) : undefined;
  if (value === undefined) return false;
  Object.defineProperty(holder, last, { value, writable: true, enumerable: true, configurable: true });
  return true;
}

function ownValue(holder: unknown, step: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, step)) return undefined;
  return (holder as Record<string | number, unknown>)[step];
}

function typedOf(text: string, is: TypedValue['is']): object | undefined {
  if (is === 'URL') return URL.canParse(text) ? new URL(text) : undefined;
  const bytes = Buffer.from(text, 'base64');
  if (is === 'Buffer') return bytes;
  const plain = Uint8Array.from(bytes);
  return is === 'Uint8Array' ? plain : plain.buffer;
}
