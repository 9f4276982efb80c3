import type { ContextMessage, JsonValue } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { isCarried } from '../conversion/carried.js';
import { fromForeignList, listOf, toForeignList } from '../conversion/convert-list.js';
import type { ForeignMessage } from '../conversion/convert-message.js';
import { isJsonRecord, textField } from '../conversion/json-record.js';
import { snapshotOf } from '../conversion/snapshot.js';
import type { TypedValue } from '../conversion/typed-value.js';
import { revived } from '../conversion/typed-value.js';
import { readMessage } from '../read-safely.js';
import { OPENAI_MESSAGE } from './openai-message.form.js';
import type { OpenAiMessage } from './openai-message.interface.js';

/** The API refuses a field that it does not know, so what is carried is one that neither JSON nor a comparison sees. */
const BESIDE = Symbol.for('nestjs-redis-hub:carried');

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/**
 * Messages of a chat as OpenAI's chat completions take them, oldest first. What the API has no place for, such as `id`
 * and `metadata`, stays beside each object and is not sent; {@link fromOpenAiMessages} finds it there, in the same object
 * and not in a copy.
 *
 * @throws RedisError `serialization` for what is no message, naming the field
 * @publicApi
 */
export function toOpenAiMessages(messages: readonly ContextMessage[]): OpenAiMessage[] {
  return toForeignList(OPENAI_MESSAGE, messages, 'context.toOpenAiMessages').map(({ record, types, carried }) => {
    const message = revived(record, types) ?? { ...record };
    if (carried !== undefined) Object.defineProperty(message, BESIDE, { value: carried });
    return message as OpenAiMessage;
  });
}

/**
 * Chat messages of OpenAI as a `ContextCache` stores them, oldest first; the message of a completion may be among
 * them. What a message has no place for travels in `metadata['nestjs-redis-hub'].openai`, so that
 * {@link toOpenAiMessages} gives back the same messages.
 *
 * @throws RedisError `serialization` for what JSON cannot carry, naming the field
 * @publicApi
 */
export function fromOpenAiMessages(messages: readonly OpenAiMessage[]): ContextMessage[] {
  const operation = 'context.fromOpenAiMessages';
  const foreign = listOf(messages, operation).map((message, index) => readForeign(message, index, operation));
  return fromForeignList(OPENAI_MESSAGE, foreign, operation);
}

function readForeign(message: unknown, index: number, operation: string): ForeignMessage {
  const path = `messages[${index}]`;
  const types: TypedValue[] = [];
  const record = snapshotOf(message, path, { operation, instances: false, typed: types });
  if (!isJsonRecord(record) || !ROLES.includes(textField(record, 'role') ?? '')) {
    throw createMessageError(operation, `${path}.role must be one of ${ROLES.join(', ')}`);
  }
  const beside = readMessage(operation, path, () => besideOf(message));
  const carried: JsonValue = beside === undefined ? null : snapshotOf(beside, path, { operation, instances: false });
  return { record, types, carried: isCarried(carried) ? carried : undefined };
}

function besideOf(message: unknown): unknown {
  return Object.getOwnPropertyDescriptor(message, BESIDE)?.value as unknown;
}
