import type {
  AssistantMessage,
  ContextMessage,
  ContextRead,
  SystemMessage,
  UserMessage,
} from 'nestjs-redis-hub/context';

/** Whose chat. The user is the context's tenant. */
export interface ChatKey {
  readonly user: string;
  readonly chatId: string;
}

/** What the messages of this app have, whoever speaks. */
interface ChatMessageFields {
  readonly id: string;
  readonly content: string;
  readonly createdAt: string;
}

/** A message as this app makes it. */
export type ChatMessage = (UserMessage | AssistantMessage) & ChatMessageFields;

/** What stands in the context for older messages. */
export type SummaryMessage = SystemMessage & ChatMessageFields;

/** What a job carries: which message to answer. */
export interface AnswerRequest extends ChatKey {
  readonly messageId: string;
  /** The tokens that its window may have. @default no matter */
  readonly budget?: number;
}

/** What the worker saw when it answered. */
export interface AnswerWindow extends Omit<ContextRead, 'messages'> {
  readonly messages: readonly ContextMessage[];
  /** The message that was answered. */
  readonly messageId: string;
}

/** An answer, and what it was made from. */
export interface Answer {
  readonly message: ChatMessage;
  readonly window: AnswerWindow;
}

/** What happens in a chat, as its event stream tells. */
export type ChatEvent =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | ({ readonly type: 'answer' } & Answer)
  | { readonly type: 'failed'; readonly messageId: string; readonly reason: string };
