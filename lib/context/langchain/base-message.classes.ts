import {
  AIMessage,
  AIMessageChunk,
  BaseMessage,
  ChatMessage,
  ChatMessageChunk,
  FunctionMessage,
  FunctionMessageChunk,
  HumanMessage,
  HumanMessageChunk,
  SystemMessage,
  SystemMessageChunk,
  ToolMessage,
  ToolMessageChunk,
} from '@langchain/core/messages';

interface MessageClass {
  new (fields: { content: string; role: string; tool_call_id: string; name: string }): BaseMessage;
}

/** The classes by the name that LangChain itself writes down for them: that of a class is lost when code is minified. */
const CLASSES: ReadonlyMap<string, MessageClass> = new Map<string, MessageClass>([
  ['AIMessage', AIMessage],
  ['AIMessageChunk', AIMessageChunk],
  ['ChatMessage', ChatMessage],
  ['ChatMessageChunk', ChatMessageChunk],
  ['FunctionMessage', FunctionMessage],
  ['FunctionMessageChunk', FunctionMessageChunk],
  ['HumanMessage', HumanMessage],
  ['HumanMessageChunk', HumanMessageChunk],
  ['SystemMessage', SystemMessage],
  ['SystemMessageChunk', SystemMessageChunk],
  ['ToolMessage', ToolMessage],
  ['ToolMessageChunk', ToolMessageChunk],
]);

/** A class of yours that extends one of these comes back as the one that it extends. */
const CLASS_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['ai', 'AIMessage'],
  ['function', 'FunctionMessage'],
  ['generic', 'ChatMessage'],
  ['human', 'HumanMessage'],
  ['system', 'SystemMessage'],
  ['tool', 'ToolMessage'],
]);

/** @internal */
export function isBaseMessage(value: unknown): value is BaseMessage {
  return typeof value === 'object' && value !== null && value instanceof BaseMessage;
}

/** The class that a message is made with again; undefined for what says nothing, as a `RemoveMessage`. @internal */
export function classNameOf(message: BaseMessage): string | undefined {
  const name = (message.constructor as typeof BaseMessage).lc_name();
  return CLASSES.has(name) ? name : CLASS_OF_TYPE.get(message.getType());
}

/** @internal */
export function isClassName(name: unknown): name is string {
  return typeof name === 'string' && CLASSES.has(name);
}

/** Whether a field of that name is data, and hides no method or getter of its class. @internal */
export function isDataField(className: string, field: string): boolean {
  if (field.startsWith('lc_') || field === 'type') return false;
  const message = emptyMessage(className);
  return Object.hasOwn(message, field) || !(field in message);
}

/** An empty message of a class, to be filled: a constructor would add to the fields that it is given. @internal */
export function emptyMessage(className: string): BaseMessage {
  const Class = CLASSES.get(className) ?? HumanMessage;
  return new Class({ content: '', role: '', tool_call_id: '', name: '' });
}
