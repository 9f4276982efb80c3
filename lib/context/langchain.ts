export { ContextChatMessageHistory } from './langchain/context-chat-message.history.js';
export { fromBaseMessages, toBaseMessages } from './langchain/convert-base-messages.js';
