import type { BaseMessage } from '@langchain/core/messages';
import { createMessageError } from '../context.error.js';
import { CARRIED, isCarried } from '../conversion/carried.js';
import type { ForeignMessage } from '../conversion/convert-message.js';
import { fieldOf, isSameJson, recordField, recordOf, without } from '../conversion/json-record.js';
import type { JsonRecord } from '../conversion/json-record.js';
import { snapshotOf } from '../conversion/snapshot.js';
import type { SnapshotRules } from '../conversion/snapshot.js';
import { revived } from '../conversion/typed-value.js';
import type { TypedValue } from '../conversion/typed-value.js';
import { readMessage } from '../read-safely.js';
import { classNameOf, emptyMessage, isBaseMessage } from './base-message.classes.js';

/** A message of LangChain as JSON: its fields, its class, and where they differ the arguments that it was made with. @internal */
export function readBaseMessage(message: unknown, path: string, operation: string): ForeignMessage {
  const types: TypedValue[] = [];
  const { className, fields, given } = readMessage(operation, path, () => partsOf(message)) ?? {};
  if (className === undefined)
    throw createMessageError(operation, `${path} must be a message of LangChain that says something`);
  const rules = { operation, instances: false, typed: types };
  const record = snapshotOf(fields, path, rules) as JsonRecord;
  const made = { class: className, ...record, ...argumentsOf(record, given, path, { ...rules, typed: [] }) };
  return { types, ...takeCarried(made) };
}

/** The message of LangChain: filled field by field, since a constructor would add to them and warn. @internal */
export function makeBaseMessage({ record, types, carried }: ForeignMessage): BaseMessage {
  const {
    class: className,
    omitted,
    blank,
    echoes,
    given,
    ...fields
  } = (revived(record, types) ?? record) as JsonRecord;
  const additional = recordField(fields, 'additional_kwargs') ?? {};
  const own = carried === undefined ? fields : { ...fields, additional_kwargs: { ...additional, [CARRIED]: carried } };
  const message = emptyMessage(String(className));
  for (const field of Object.keys(message).filter(isData)) fill(message, field, undefined);
  for (const [field, value] of Object.entries(own)) fill(message, field, value);
  const kept = Object.entries(own).filter(([field]) => !isListed(omitted, field));
  const args = kept.map(([field, value]) => [field, isListed(blank, field) ? undefined : value]);
  const echoed = Array.isArray(echoes) ? echoes.map((name) => [String(name), message.content]) : [];
  fill(message, 'lc_kwargs', { ...Object.fromEntries([...args, ...echoed]), ...(given as JsonRecord | undefined) });
  return message;
}

interface MessageParts {
  readonly className: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What LangChain's own serialization goes by. */
  readonly given: Readonly<Record<string, unknown>>;
}

function partsOf(message: unknown): MessageParts | undefined {
  if (!isBaseMessage(message)) return undefined;
  return {
    className: classNameOf(message),
    fields: Object.fromEntries(Object.entries(message).filter(([field]) => isData(field))),
    given: Object.fromEntries(Object.entries(message.lc_kwargs)),
  };
}

/** The rest is the same for every message of a class. */
function isData(field: string): boolean {
  return !field.startsWith('lc_') && field !== 'type';
}

/**
 * The arguments that are no fields, and the fields that were none, or one without a value. Mostly there are
 * no such. What a model of form v1 said is an argument a second time, under another name.
 */
function argumentsOf(
  record: JsonRecord,
  given: MessageParts['given'] = {},
  path: string,
  rules: SnapshotRules,
): JsonRecord {
  const kept = snapshotOf(given, `${path}.lc_kwargs`, rules) as JsonRecord;
  const others = Object.entries(kept).filter(([field, value]) => !isSameJson(value, fieldOf(record, field)));
  const isEcho = ([, value]: [string, JsonRecord[string]]): boolean => isSameJson(value, fieldOf(record, 'content'));
  const echoes = others.filter(isEcho).map(([field]) => field);
  const own = others.filter((other) => !isEcho(other));
  return recordOf({
    omitted: listed(Object.keys(record).filter((field) => !Object.hasOwn(given, field))),
    blank: listed(Object.keys(record).filter((field) => Object.hasOwn(given, field) && given[field] === undefined)),
    echoes: listed(echoes),
    given: own.length === 0 ? undefined : Object.fromEntries(own),
  });
}

function listed(names: readonly string[]): readonly string[] | undefined {
  return names.length === 0 ? undefined : names;
}

function isListed(names: unknown, field: string): boolean {
  return Array.isArray(names) && names.includes(field);
}

function takeCarried(record: JsonRecord): Pick<ForeignMessage, 'record' | 'carried'> {
  const additional = recordField(record, 'additional_kwargs');
  const carried = additional && fieldOf(additional, CARRIED);
  if (additional === undefined || !isCarried(carried)) return { record };
  return { record: { ...record, additional_kwargs: without(additional, CARRIED) }, carried };
}

function fill(message: BaseMessage, field: string, value: unknown): void {
  Object.defineProperty(message, field, { value, writable: true, enumerable: true, configurable: true });
}
