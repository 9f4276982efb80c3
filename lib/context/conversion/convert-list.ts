import { assertMessages } from '../assert-messages.js';
import type { ContextMessage, JsonValue } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { readMessage } from '../read-safely.js';
import { fromForeign, toForeign } from './convert-message.js';
import type { ForeignMessage, MessageForm } from './convert-message.js';
import { SeenCalls } from './seen-calls.js';
import { snapshotOf } from './snapshot.js';

/** Our messages in the other form, oldest first. @internal */
export function toForeignList(form: MessageForm, messages: unknown, operation: string): ForeignMessage[] {
  const seen = new SeenCalls();
  return ownMessages(messages, operation).map((message) => {
    const foreign = toForeign(form, message, seen);
    seen.learn(message);
    return foreign;
  });
}

/** The other form's messages as ours: what comes out can be appended. @internal */
export function fromForeignList(
  form: MessageForm,
  foreign: readonly ForeignMessage[],
  operation: string,
): ContextMessage[] {
  const seen = new SeenCalls();
  const messages = foreign.map((one) => {
    const message = fromForeign(form, one, seen);
    seen.learn(message);
    return message;
  });
  return [...assertMessages(messages, operation)];
}

/** The elements of a list that came from outside. @internal */
export function listOf(value: unknown, operation: string): unknown[] {
  const list = readMessage(operation, 'messages', () =>
    Array.isArray(value) ? Array.from<unknown>(value) : undefined,
  );
  if (list === undefined) throw createMessageError(operation, 'messages must be a list of messages');
  return list;
}

function ownMessages(value: unknown, operation: string): readonly ContextMessage[] {
  const rules = { operation, instances: true };
  const copies: JsonValue[] = listOf(value, operation).map((one, index) =>
    snapshotOf(one, `messages[${index}]`, rules),
  );
  return assertMessages(copies, operation);
}
