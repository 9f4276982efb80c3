import type { BaseMessage } from '@langchain/core/messages';
import type { ContextMessage } from '../context-message.interface.js';
import { fromForeignList, listOf, toForeignList } from '../conversion/convert-list.js';
import { BASE_MESSAGE } from './base-message.form.js';
import { makeBaseMessage, readBaseMessage } from './base-message.fields.js';

/**
 * Messages of a chat as LangChain takes them, oldest first. What it has no place for, such as `createdAt` and
 * `metadata`, travels in `additional_kwargs['nestjs-redis-hub']`, so that {@link fromBaseMessages} gives back the same
 * messages.
 *
 * @throws RedisError `serialization` for what is no message, naming the field
 * @publicApi
 */
export function toBaseMessages(messages: readonly ContextMessage[]): BaseMessage[] {
  return toForeignList(BASE_MESSAGE, messages, 'context.toBaseMessages').map(makeBaseMessage);
}

/**
 * Messages of LangChain as a `ContextCache` stores them, oldest first; chunks may be among them. What a message has
 * no place for travels in `metadata['nestjs-redis-hub'].langchain`, so that {@link toBaseMessages} gives back messages of
 * the same classes with the same fields.
 *
 * @throws RedisError `serialization` for what is no message, and for what JSON cannot carry, such as a function, a
 * stream or a Date, naming the field
 * @publicApi
 */
export function fromBaseMessages(messages: readonly BaseMessage[]): ContextMessage[] {
  const operation = 'context.fromBaseMessages';
  const foreign = listOf(messages, operation).map((message, index) =>
    readBaseMessage(message, `messages[${index}]`, operation),
  );
  return fromForeignList(BASE_MESSAGE, foreign, operation);
}
