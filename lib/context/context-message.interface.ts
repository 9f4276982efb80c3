/**
 * What JSON can carry, and so what a message may hold.
 *
 * @publicApi
 */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [field: string]: JsonValue | undefined };

/**
 * One piece of a message's content: text, an image, a file, whatever the model takes. `type` tells which; a part of
 * type `text` has its words in `text`.
 *
 * @publicApi
 */
export interface MessagePart {
  readonly type: string;
  readonly [field: string]: JsonValue | undefined;
}

/**
 * A model's request to run a tool.
 *
 * @publicApi
 */
export interface ToolCall {
  /** What the tool's answer refers to in {@link ToolMessage.toolCallId}. */
  readonly id: string;
  /** Which tool. */
  readonly name: string;
  /** As the model gave them: an object, or text that may not even be JSON. */
  readonly arguments: JsonValue;
}

/**
 * What every message has, whoever speaks.
 *
 * @publicApi
 */
export interface MessageFields {
  /** What was said: text, or parts. May be empty, as in a message that only calls tools. */
  readonly content: string | readonly MessagePart[];
  /** Makes a repeated append harmless: the same id is stored once. 1 to 512 characters. */
  readonly id?: string;
  /** Who speaks, where several share a role; in a tool's answer, which tool. */
  readonly name?: string;
  /** When it was said, as a date in ISO 8601. */
  readonly createdAt?: string;
  /** Anything of yours that JSON can carry. */
  readonly metadata?: { readonly [field: string]: JsonValue | undefined };
}

/** An instruction to the model. @publicApi */
export interface SystemMessage extends MessageFields {
  readonly role: 'system';
}

/** What the person said. @publicApi */
export interface UserMessage extends MessageFields {
  readonly role: 'user';
}

/** What the model said, and the tools it called. @publicApi */
export interface AssistantMessage extends MessageFields {
  readonly role: 'assistant';
  /** Each wants one {@link ToolMessage} in answer, later in the chat. */
  readonly toolCalls?: readonly ToolCall[];
}

/** What a tool answered. @publicApi */
export interface ToolMessage extends MessageFields {
  readonly role: 'tool';
  /** The {@link ToolCall.id} that it answers. */
  readonly toolCallId: string;
}

/**
 * One message of a chat, told apart by `role`.
 *
 * @publicApi
 */
export type ContextMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
