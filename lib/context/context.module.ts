import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnModuleDestroy } from '@nestjs/common';
import { CONTEXT_ENGINE } from './context.constants.js';
import type { ContextEngine } from './context.engine.js';
import { ConfigurableFeatureClass, ConfigurableModuleClass } from './context.module-definition.js';
import type {
  ContextFeatureAsyncOptions,
  ContextFeatureOptions,
  ContextModuleAsyncOptions,
  ContextModuleRootOptions,
} from './context.module-definition.js';

/**
 * The context of LLM chats, kept on the app's Redis connection: import `ContextModule.forRoot()` beside `RedisModule`,
 * inject `ContextCache`. Faulty options fail the boot with one `RedisError` of kind `configuration` that names them all.
 *
 * @example
 * ContextModule.forRoot({ maxMessages: 100, ttlMs: 24 * 3600_000 })
 *
 * @publicApi
 */
@Module({})
export class ContextModule extends ConfigurableModuleClass implements OnModuleDestroy {
  /** @internal */
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

  /**
   * A further context, with a name, keys and options of its own; it needs no `forRoot`. `name`, `isGlobal` and
   * `connection` beside the options.
   *
   * @example
   * ContextModule.forFeature({ name: 'support', maxMessages: 20 })
   * // where it is used
   * constructor(@InjectContext('support') private readonly support: ContextCache) {}
   */
  static forFeature(options: ContextFeatureOptions): DynamicModule {
    return { ...ConfigurableFeatureClass.forFeature(options), module: ContextModule };
  }

  /** The same with options from a factory, a class or an existing provider. */
  static forFeatureAsync(options: ContextFeatureAsyncOptions): DynamicModule {
    return { ...ConfigurableFeatureClass.forFeatureAsync(options), module: ContextModule };
  }

  /** @internal */
  onModuleDestroy(): void {
    this.engine.close();
  }
}
