import type { ModelMessage } from 'ai';
import type { ContextMessage } from '../context-message.interface.js';
import { fromForeignList, toForeignList } from '../conversion/convert-list.js';
import { MODEL_MESSAGE } from './model-message.form.js';
import { joinModelMessages, splitModelMessages } from './model-message.list.js';

/**
 * Messages of a chat as the AI SDK takes them, oldest first. What it has no place for, such as `id` and `metadata`,
 * travels in `providerOptions['nestjs-redis-hub']`, so that {@link fromModelMessages} gives back the same messages.
 *
 * @throws RedisError `serialization` for what is no message, naming the field
 * @publicApi
 */
export function toModelMessages(messages: readonly ContextMessage[]): ModelMessage[] {
  const foreign = toForeignList(MODEL_MESSAGE, messages, 'context.toModelMessages');
  return joinModelMessages(foreign) as ModelMessage[];
}

/**
 * Messages of the AI SDK as a `ContextCache` stores them, oldest first. Each result of a tool is a message; bytes
 * and URLs become text. What a message has no place for travels in `metadata['nestjs-redis-hub'].ai`, so that
 * {@link toModelMessages} gives back the same messages, each value in its own type.
 *
 * @throws RedisError `serialization` for what JSON cannot carry, such as a function, a stream or a Date, naming the field
 * @publicApi
 */
export function fromModelMessages(messages: readonly ModelMessage[]): ContextMessage[] {
  const operation = 'context.fromModelMessages';
  return fromForeignList(MODEL_MESSAGE, splitModelMessages(messages, operation), operation);
}
