/** As in sample/chat/chat/chat.constants.ts: messages that the context keeps of a chat. */
export const CONTEXT_MESSAGES = 50;

/** As there: messages that the worker sees. */
export const WINDOW_MESSAGES = 20;
