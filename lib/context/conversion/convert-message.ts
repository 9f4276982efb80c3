import type { ContextMessage } from '../context-message.interface.js';
import { isContextMessage } from '../message-fault.js';
import { carriedOf, putCarried, takeCarried } from './carried.js';
import type { Carried } from './carried.js';
import { changed, deltaOf } from './delta.js';
import type { Delta } from './delta.js';
import { isSameJson, recordOf } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import type { SeenCalls } from './seen-calls.js';
import { revived } from './typed-value.js';
import type { TypedValue } from './typed-value.js';

/**
 * How a message of ours looks in another form, and the reverse: what each makes of the other by itself, as JSON. Neither
 * has to keep everything; what is lost is found by going back, and carried.
 *
 * @internal
 */
export interface MessageForm {
  /** The field below `metadata['nestjs-redis-hub']`. */
  readonly name: string;
  toForeign(message: ContextMessage, seen: SeenCalls): JsonRecord;
  toContext(foreign: JsonRecord, seen: SeenCalls): ContextMessage;
  /** Whether the other form takes what came of something carried, which anybody may have written. */
  isSound?(foreign: JsonRecord, natural: JsonRecord): boolean;
  /** Whether several of ours may stand in one foreign message. */
  readonly joins?: true;
}

/** A foreign message as JSON, apart from what it carries for us. @internal */
export interface ForeignMessage {
  readonly record: JsonRecord;
  readonly types: readonly TypedValue[];
  readonly carried?: Carried | undefined;
  /** Whether it stands in one message with the one before it. */
  readonly joined?: boolean;
}

/** Fields that no other form shows: they stay true whatever was done to the rest of a message. */
const LABELS = ['id', 'name', 'createdAt', 'metadata'];

/**
 * Our message in the other form. What is carried counts only where the way back leads to this very message: a part that
 * was changed since would otherwise come back as if nobody had changed it.
 *
 * @internal
 */
export function toForeign(form: MessageForm, message: ContextMessage, seen: SeenCalls): ForeignMessage {
  const [own, carried] = takeCarried(message, form.name);
  const full = carried && withCarried(form, own, carried, seen);
  if (full && isSameJson(asRecord(fromForeign(form, full, seen)), asRecord(message))) return full;
  const record = form.toForeign(message, seen);
  return { record, types: [], carried: carriedOf(lostOf(form, message, record, seen), [], false) };
}

/** The other form's message as ours. @internal */
export function fromForeign(form: MessageForm, foreign: ForeignMessage, seen: SeenCalls): ContextMessage {
  const plain = form.toContext(foreign.record, seen);
  const own = restored(form, plain, foreign, seen) ?? plain;
  const joined = foreign.joined === true || foreign.carried?.joined === true;
  const carried = carriedOf(deltaOf(form.toForeign(own, seen), foreign.record), foreign.types, joined);
  return carried === undefined ? own : putCarried(own, form.name, carried);
}

/** What our message was before, with what was done to it since. */
function withCarried(
  form: MessageForm,
  own: ContextMessage,
  { delta, types = [], joined }: Carried,
  seen: SeenCalls,
): ForeignMessage | undefined {
  const natural = form.toForeign(own, seen);
  const record = delta === undefined ? natural : changed(natural, delta);
  if (record === undefined || revived(record, types) === undefined) return undefined;
  if ((joined && !form.joins) || form.isSound?.(record, natural) === false) return undefined;
  const back = form.toContext(record, seen);
  return {
    record,
    types,
    joined: joined === true,
    carried: carriedOf(deltaOf(asRecord(back), asRecord(own)), [], false),
  };
}

function lostOf(form: MessageForm, message: ContextMessage, record: JsonRecord, seen: SeenCalls): Delta | undefined {
  return deltaOf(asRecord(form.toContext(record, seen)), asRecord(message));
}

/** Our message with what the foreign one carries: all of it where that was not edited since, else what labels it. */
function restored(
  form: MessageForm,
  plain: ContextMessage,
  { record, carried }: ForeignMessage,
  seen: SeenCalls,
): ContextMessage | undefined {
  if (carried?.delta === undefined) return undefined;
  const shown = form.toForeign(plain, seen);
  for (const delta of [carried.delta, labelsOf(carried.delta)]) {
    const message: unknown = changed(asRecord(plain), delta);
    if (!isContextMessage(message)) continue;
    const natural = form.toForeign(message, seen);
    if (isSameJson(natural, record) || isSameJson(natural, shown)) return message;
  }
  return undefined;
}

function labelsOf({ set = {}, cut = [], in: inside = {} }: Delta): Delta {
  const pick = <T>(fields: { readonly [field: string]: T }): { [field: string]: T } =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => LABELS.includes(field)));
  return { set: pick(set), cut: cut.filter((field) => LABELS.includes(field)), in: pick(inside) };
}

function asRecord(message: ContextMessage): JsonRecord {
  return recordOf(message as never);
}
