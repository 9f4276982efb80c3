export { ContextCache } from './context.cache.js';
export type { ContextReadEvent } from './context-events.js';
export type {
  AssistantMessage,
  ContextMessage,
  JsonValue,
  MessageFields,
  MessagePart,
  SystemMessage,
  ToolCall,
  ToolMessage,
  UserMessage,
} from './context-message.interface.js';
export type { ListedChat } from './chat.index.js';
export type { CountTokens } from './tokens/token-counter.js';
export type { TokenizerName } from './tokens/tokenizers.js';
export type {
  ContextLoader,
  ContextLoadOptions,
  ContextModuleOptions,
  ContextOptionsFactory,
  LoadedChat,
} from './context-options.interface.js';
export type {
  AppendOptions,
  AppendResult,
  ChatsOptions,
  CompactOptions,
  CompactResult,
  ContextMissReason,
  ContextPage,
  ContextRead,
  PageEntry,
  PageOptions,
  ReadOptions,
  Summarize,
  WindowOptions,
} from './context-result.interface.js';
export { getContextToken, InjectContext } from './context.decorator.js';
export { ContextModule } from './context.module.js';
export type {
  ContextFeatureAsyncOptions,
  ContextFeatureExtras,
  ContextFeatureOptions,
  ContextModuleAsyncOptions,
  ContextModuleExtras,
  ContextModuleRootOptions,
} from './context.module-definition.js';
