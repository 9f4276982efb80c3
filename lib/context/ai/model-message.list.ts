import type { JsonValue } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { CARRIED, isCarried } from '../conversion/carried.js';
import type { Carried } from '../conversion/carried.js';
import { listOf } from '../conversion/convert-list.js';
import type { ForeignMessage } from '../conversion/convert-message.js';
import { fieldOf, isJsonRecord, listField, recordField, textField, without } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { snapshotOf } from '../conversion/snapshot.js';
import { revived } from '../conversion/typed-value.js';
import type { TypedValue } from '../conversion/typed-value.js';

const ROLES = ['system', 'user', 'assistant', 'tool'];

/** The SDK's messages as JSON, one for each of ours: the results in one message of role `tool` are several of ours. @internal */
export function splitModelMessages(messages: unknown, operation: string): ForeignMessage[] {
  return listOf(messages, operation).flatMap((message, index) => {
    const path = `messages[${index}]`;
    const types: TypedValue[] = [];
    const record = snapshotOf(message, path, { operation, instances: false, typed: types });
    if (!isJsonRecord(record) || !ROLES.includes(textField(record, 'role') ?? '')) {
      throw createMessageError(operation, `${path}.role must be one of ${ROLES.join(', ')}`);
    }
    const content = fieldOf(record, 'content');
    if (!Array.isArray(content) && (typeof content !== 'string' || record['role'] === 'tool')) {
      throw createMessageError(
        operation,
        `${path}.content must be ${record['role'] === 'tool' ? '' : 'text or '}a list of parts`,
      );
    }
    return split(...takeCarried(record), types);
  });
}

/** The SDK's messages: answers that stood in one message do so again. @internal */
export function joinModelMessages(foreign: readonly ForeignMessage[]): object[] {
  const groups: ForeignMessage[][] = [];
  for (const one of foreign) {
    const group = groups.at(-1);
    if (one.joined !== true) groups.push([one]);
    else if (group !== undefined && canJoin(group, one)) group.push(one);
    else groups.push([{ ...one, carried: { ...one.carried, joined: true } }]);
  }
  return groups.map(joined);
}

function split(
  record: JsonRecord,
  carried: readonly (Carried | undefined)[],
  types: readonly TypedValue[],
): ForeignMessage[] {
  const parts = listField(record, 'content') ?? [];
  if (record['role'] !== 'tool' || parts.length < 2) return [{ record, types, carried: carried[0] }];
  return parts.map((part, index) => ({
    record: { ...(index === 0 ? record : { role: 'tool' }), content: [part] } as JsonRecord,
    types: types.flatMap(({ at, is }) => {
      if (at[0] !== 'content') return index === 0 ? [{ at, is }] : [];
      return at[1] === index ? [{ at: ['content', 0, ...at.slice(2)], is }] : [];
    }),
    carried: carried[index],
    joined: index > 0,
  }));
}

/** Only a first answer may say more than its part. */
function canJoin(group: readonly ForeignMessage[], { record }: ForeignMessage): boolean {
  const isFirstTool = group[0]?.record['role'] === 'tool';
  return isFirstTool && group.every(hasOnePart) && Object.keys(record).length === 2 && hasOnePart({ record });
}

function hasOnePart({ record }: Pick<ForeignMessage, 'record'>): boolean {
  return listField(record, 'content')?.length === 1;
}

function joined(group: readonly ForeignMessage[]): object {
  const [first] = group;
  const record = first?.record ?? {};
  const content =
    group.length === 1 ? fieldOf(record, 'content') : group.flatMap((one) => listField(one.record, 'content') ?? []);
  const types = group.flatMap((one, index) =>
    one.types.map(({ at, is }) => ({
      at: at[0] === 'content' && index > 0 ? ['content', index, ...at.slice(2)] : at,
      is,
    })),
  );
  const whole = putCarried(
    { ...record, content: content ?? [] },
    group.map(({ carried }) => carried),
  );
  // what does not fit was left out where the message was made
  return revived(whole, types) ?? whole;
}

/**
 * Beside the providers' settings, under a name that no provider has; several of ours are told apart by their order.
 * Settings that were there and empty are told from none.
 */
function putCarried(record: JsonRecord, carried: readonly (Carried | undefined)[]): JsonRecord {
  if (carried.every((one) => one === undefined)) return record;
  const value = carried.length === 1 ? carried[0] : { answers: carried.map((one) => one ?? null) };
  const options = recordField(record, 'providerOptions');
  const isEmpty = options !== undefined && Object.keys(options).length === 0;
  return { ...record, providerOptions: { ...options, [CARRIED]: (isEmpty ? { alone: value } : value) as JsonRecord } };
}

function takeCarried(record: JsonRecord): [JsonRecord, (Carried | undefined)[]] {
  const options = recordField(record, 'providerOptions');
  const found = options && fieldOf(options, CARRIED);
  const alone = isJsonRecord(found) ? recordField(found, 'alone') : undefined;
  const value = alone ?? found;
  const count = record['role'] === 'tool' ? (listField(record, 'content')?.length ?? 0) : 1;
  const carried = count > 1 ? answersOf(value, count) : isCarried(value) ? [value] : undefined;
  if (options === undefined || carried === undefined) return [record, []];
  const rest = without(options, CARRIED);
  if (Object.keys(rest).length === 0 && alone === undefined) return [without(record, 'providerOptions'), carried];
  return [{ ...record, providerOptions: rest }, carried];
}

function answersOf(value: JsonValue | undefined, count: number): (Carried | undefined)[] | undefined {
  const answers = isJsonRecord(value) ? listField(value, 'answers') : undefined;
  if (answers?.length !== count || !answers.every((one) => one === null || isCarried(one))) return undefined;
  return answers.map((one) => (isCarried(one) ? one : undefined));
}
