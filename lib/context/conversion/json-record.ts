import type { JsonValue } from '../context-message.interface.js';

/** A record without fields that are undefined: what a message is between two forms. @internal */
export interface JsonRecord {
  readonly [field: string]: JsonValue;
}

/** @internal */
export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @internal */
export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A field of the record's own: `constructor` is none, unless somebody wrote it there. @internal */
export function fieldOf(record: JsonRecord, field: string): JsonValue | undefined {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

/** A field that is text. @internal */
export function textField(record: JsonRecord, field: string): string | undefined {
  const value = fieldOf(record, field);
  return typeof value === 'string' ? value : undefined;
}

/** A field that is a record. @internal */
export function recordField(record: JsonRecord, field: string): JsonRecord | undefined {
  const value = fieldOf(record, field);
  return isJsonRecord(value) ? value : undefined;
}

/** A field that is a list. @internal */
export function listField(record: JsonRecord, field: string): readonly JsonValue[] | undefined {
  const value = fieldOf(record, field);
  return isJsonList(value) ? value : undefined;
}

/** The record of the fields that are there. `Object.fromEntries` makes `__proto__` a field like any other. @internal */
export function recordOf(fields: Readonly<Record<string, JsonValue | undefined>>): JsonRecord {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonRecord;
}

/** The record without some of its fields. @internal */
export function without(record: JsonRecord, ...fields: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

/** @internal */
export function isSameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (Object.is(one, other)) return true;
  if (isJsonList(one) && isJsonList(other)) {
    return one.length === other.length && one.every((value, index) => isSameJson(value, other[index]));
  }
  if (!isJsonRecord(one) || !isJsonRecord(other)) return false;
  const fields = Object.keys(one);
  if (fields.length !== Object.keys(other).length) return false;
  return fields.every((field) => Object.hasOwn(other, field) && isSameJson(one[field], other[field]));
}
