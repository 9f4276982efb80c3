import type { JsonValue } from '../context-message.interface.js';
import { isJsonList, isJsonRecord, isSameJson } from './json-record.js';
import type { JsonRecord } from './json-record.js';

/**
 * What makes one record of another, as small as it can be, in JSON: fields to set, fields to cut, changes inside a field
 * or an element, and for a list of another length what takes the place of its middle.
 *
 * @internal
 */
export interface Delta {
  readonly set?: JsonRecord;
  readonly cut?: readonly string[];
  readonly in?: { readonly [field: string]: Delta };
  readonly splice?: readonly [start: number, dropped: number, put: readonly JsonValue[]];
}

/** From one record to another; undefined where they are the same. @internal */
export function deltaOf(from: JsonRecord, to: JsonRecord): Delta | undefined {
  const set: [string, JsonValue][] = [];
  const inside: [string, Delta][] = [];
  for (const [field, value] of Object.entries(to)) {
    if (Object.hasOwn(from, field) && isSameJson(from[field], value)) continue;
    const change = Object.hasOwn(from, field) ? changeOf(from[field], value) : undefined;
    if (change === undefined) set.push([field, value]);
    else inside.push([field, change]);
  }
  const cut = Object.keys(from).filter((field) => !Object.hasOwn(to, field));
  if (set.length === 0 && cut.length === 0 && inside.length === 0) return undefined;
  return {
    ...(set.length > 0 && { set: Object.fromEntries(set) }),
    ...(cut.length > 0 && { cut }),
    ...(inside.length > 0 && { in: Object.fromEntries(inside) }),
  };
}

/** The record after the change; undefined where the change is not one of this record. @internal */
export function changed(record: JsonRecord, delta: Delta): JsonRecord | undefined {
  const fields = new Map(Object.entries(record));
  for (const field of delta.cut ?? []) if (!fields.delete(field)) return undefined;
  for (const [field, change] of Object.entries(delta.in ?? {})) {
    const value = changedValue(fields.get(field), change);
    if (value === undefined) return undefined;
    fields.set(field, value);
  }
  for (const [field, value] of Object.entries(delta.set ?? {})) fields.set(field, value);
  return Object.fromEntries(fields);
}

/** Whether a value that came from outside has the shape of a change. @internal */
export function isDelta(value: JsonValue | undefined): value is JsonRecord & Delta {
  if (!isJsonRecord(value)) return false;
  return Object.entries(value).every(([field, part]) => {
    if (field === 'set') return isJsonRecord(part);
    if (field === 'cut') return isJsonList(part) && part.every((name) => typeof name === 'string');
    if (field === 'in') return isJsonRecord(part) && Object.values(part).every(isDelta);
    return field === 'splice' && isSplice(part);
  });
}

function changeOf(from: JsonValue | undefined, to: JsonValue): Delta | undefined {
  if (isJsonRecord(from) && isJsonRecord(to)) return deltaOf(from, to);
  if (!isJsonList(from) || !isJsonList(to)) return undefined;
  return from.length === to.length ? deltaOf(elementsOf(from), elementsOf(to)) : spliceOf(from, to);
}

function spliceOf(from: readonly JsonValue[], to: readonly JsonValue[]): Delta {
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && isSameJson(from[start], to[start])) start += 1;
  let end = 0;
  while (end < most - start && isSameJson(from.at(-1 - end), to.at(-1 - end))) end += 1;
  return { splice: [start, from.length - start - end, to.slice(start, to.length - end)] };
}

function changedValue(value: JsonValue | undefined, delta: Delta): JsonValue | undefined {
  if (isJsonRecord(value)) return delta.splice === undefined ? changed(value, delta) : undefined;
  if (!isJsonList(value)) return undefined;
  if (delta.splice === undefined) return changedElements(value, delta);
  const [start, dropped, put] = delta.splice;
  return start + dropped > value.length ? undefined : value.toSpliced(start, dropped, ...put);
}

/** Elements are changed where they are: an index that the list does not have is no change of this list. */
function changedElements(list: readonly JsonValue[], delta: Delta): JsonValue | undefined {
  const elements = changed(elementsOf(list), delta);
  if (elements === undefined || Object.keys(elements).length !== list.length) return undefined;
  const values = list.map((_, index) => elements[index]);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function elementsOf(list: readonly JsonValue[]): JsonRecord {
  return Object.fromEntries(list.entries());
}

function isSplice(value: JsonValue | undefined): boolean {
  if (!isJsonList(value) || value.length !== 3) return false;
  const [start, dropped, put] = value;
  const isCount = (count: JsonValue | undefined): boolean => Number.isSafeInteger(count) && (count as number) >= 0;
  return isCount(start) && isCount(dropped) && isJsonList(put);
}
