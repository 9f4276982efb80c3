import type { ModulesContainer } from '@nestjs/core';
import { RedisError } from './errors/redis.error.js';
import { getRedisToken } from './redis.constants.js';

/**
 * Two connections of one name would take each other's place, by the order of imports.
 *
 * @throws RedisError of kind `configuration`
 * @internal
 */
export function assertOneConnectionOf(name: string, modules: ModulesContainer): void {
  const token = getRedisToken(name);
  const owners = [...modules.values()].filter((module) => module.providers.has(token));
  if (owners.length < 2) return;
  throw new RedisError({
    kind: 'configuration',
    operation: 'boot',
    message: `RedisModule was imported ${owners.length} times for the connection "${name}" with different options. Import it once, or give the further ones a name beside isGlobal.`,
  });
}

/**
 * Whether BullModule was imported before the module that holds `token`: of global modules the first imported closes
 * last, so the connection would be closed under the workers that still finish their jobs.
 *
 * @internal
 */
export function isImportedAfterBullModule(modules: ModulesContainer, token: string): boolean {
  const all = [...modules.values()];
  const ours = all.findIndex((module) => module.providers.has(token));
  const theirs = all.findIndex((module) => module.metatype.name === 'BullModule');
  return theirs >= 0 && theirs < ours;
}
