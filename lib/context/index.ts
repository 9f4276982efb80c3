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
export type {
  ContextLoader,
  ContextLoadOptions,
  ContextModuleOptions,
  ContextOptionsFactory,
} from './context-options.interface.js';
export type {
  AppendOptions,
  AppendResult,
  ContextMissReason,
  ContextRead,
  ReadOptions,
} from './context-result.interface.js';
export { ContextModule } from './context.module.js';
export type {
  ContextModuleAsyncOptions,
  ContextModuleExtras,
  ContextModuleRootOptions,
} from './context.module-definition.js';
