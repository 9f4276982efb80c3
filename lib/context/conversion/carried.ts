import type { ContextMessage, JsonValue } from '../context-message.interface.js';
import { isDelta } from './delta.js';
import type { Delta } from './delta.js';
import { fieldOf, isJsonRecord, recordField, without } from './json-record.js';
import type { JsonRecord } from './json-record.js';
import { isTypedValues } from './typed-value.js';
import type { TypedValue } from './typed-value.js';

/** Where one form keeps what it has no place for: in our messages' metadata, in theirs where they have one. @internal */
export const CARRIED = 'nestjs-redis-hub';

/** What one form of a message has and the other has no place for. @internal */
export interface Carried {
  /** From what the other form makes of it to what it is. */
  readonly delta?: Delta;
  /** Values that became text. */
  readonly types?: readonly TypedValue[];
  /** A tool's answer that stands in one message with the answer before it. */
  readonly joined?: true;
}

/** The carried value, or undefined where nothing is to be carried. @internal */
export function carriedOf(
  delta: Delta | undefined,
  types: readonly TypedValue[],
  joined: boolean,
): Carried | undefined {
  if (delta === undefined && types.length === 0 && !joined) return undefined;
  return { ...(delta && { delta }), ...(types.length > 0 && { types }), ...(joined && { joined }) };
}

/** Whether a value that came from outside has the shape of what is carried. @internal */
export function isCarried(value: JsonValue | undefined): value is JsonRecord & Carried {
  if (!isJsonRecord(value) || Object.keys(value).length === 0) return false;
  return Object.entries(value).every(([field, part]) => {
    if (field === 'delta') return isDelta(part);
    if (field === 'types') return isTypedValues(part);
    return field === 'joined' && part === true;
  });
}

/** A message of ours apart from what it carries for one form. @internal */
export function takeCarried(message: ContextMessage, form: string): [ContextMessage, Carried | undefined] {
  const { metadata } = message as { readonly metadata?: JsonRecord };
  const forms = metadata && recordField(metadata, CARRIED);
  const carried = forms && fieldOf(forms, form);
  if (metadata === undefined || forms === undefined || !isCarried(carried)) return [message, undefined];
  return [withMetadata(message, replaced(metadata, CARRIED, replaced(forms, form, undefined))), carried];
}

/** A message of ours with what it carries for one form. @internal */
export function putCarried(message: ContextMessage, form: string, carried: Carried): ContextMessage {
  const metadata = (message.metadata ?? {}) as JsonRecord;
  const forms = recordField(metadata, CARRIED) ?? {};
  return withMetadata(message, replaced(metadata, CARRIED, replaced(forms, form, carried as JsonRecord)));
}

function withMetadata(message: ContextMessage, metadata: JsonRecord | undefined): ContextMessage {
  const { metadata: _, ...rest } = message;
  return metadata === undefined ? rest : { ...rest, metadata };
}

/** The record with another value in a field, or without the field; undefined where nothing is left. */
function replaced(record: JsonRecord, field: string, value: JsonRecord | undefined): JsonRecord | undefined {
  const rest = without(record, field);
  if (value !== undefined) return { ...rest, [field]: value };
  return Object.keys(rest).length === 0 ? undefined : rest;
}
