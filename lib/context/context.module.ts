import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnModuleDestroy } from '@nestjs/common';
import { CONTEXT_ENGINE } from './context.constants.js';
import type { ContextEngine } from './context.engine.js';
import { ConfigurableModuleClass } from './context.module-definition.js';
import type { ContextModuleAsyncOptions, ContextModuleRootOptions } from './context.module-definition.js';

/**
 * The context of LLM chats, kept on the app's Redis connection: import `ContextModule.forRoot()` beside `RedisModule`,
 * inject `ContextCache`. Faulty options fail the boot with one `RedisError` of kind `configuration` that names them all.
 *
 * @publicApi
 */
@Module({})
export class ContextModule extends ConfigurableModuleClass implements OnModuleDestroy {
  constructor(@Inject(CONTEXT_ENGINE) private readonly engine: ContextEngine) {
    super();
  }

  /** Options by hand, each with a default. `isGlobal` and `connection` beside them. */
  static override forRoot(options: ContextModuleRootOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Options from a factory, a class or an existing provider. `isGlobal` and `connection` beside them. */
  static override forRootAsync(options: ContextModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(options);
  }

  /** @internal */
  onModuleDestroy(): void {
    this.engine.close();
  }
}
