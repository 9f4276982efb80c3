export { fromModelMessages, toModelMessages } from './ai/convert-model-messages.js';
export { fromOpenAiMessages, toOpenAiMessages } from './ai/convert-openai-messages.js';
export type {
  OpenAiAssistantMessage,
  OpenAiContentPart,
  OpenAiMessage,
  OpenAiRefusalPart,
  OpenAiTextPart,
  OpenAiToolCall,
} from './ai/openai-message.interface.js';
