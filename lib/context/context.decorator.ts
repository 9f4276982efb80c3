import { Inject } from '@nestjs/common';
import type { InjectionToken } from '@nestjs/common';
import { ContextCache } from './context.cache.js';

const NAMED = 'REDIS:CONTEXT:CACHE';

/** Injection token of the `ContextCache` of a named context; the class itself without a name. @publicApi */
export function getContextToken(name?: string): InjectionToken<ContextCache> {
  return name === undefined ? ContextCache : `${NAMED}:${name}`;
}

/**
 * Injects the `ContextCache` of the context of that name, or of `ContextModule.forRoot`.
 *
 * @example
 * constructor(\@InjectContext('support') private readonly support: ContextCache) {}
 *
 * @publicApi
 */
export const InjectContext = (name?: string): PropertyDecorator & ParameterDecorator => Inject(getContextToken(name));
