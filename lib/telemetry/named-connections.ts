import type { ModulesContainer } from '@nestjs/core';
import { connectionOfToken } from '../redis.constants.js';

/**
 * The connections of an application, or those that are wanted of them. They are known before they are made, as Nest reads
 * every module before it makes the first provider.
 *
 * @param refuse what to throw where one is not there, or none; it is told what is missing
 * @internal
 */
export function namedConnections(
  modules: ModulesContainer,
  wanted: readonly string[] | undefined,
  refuse: (missing: string) => Error,
): readonly string[] {
  const tokens = [...modules.values()].flatMap(({ providers }) => [...providers.keys()]);
  const present = tokens.map(connectionOfToken).filter((name) => name !== undefined);
  const names = [...new Set(wanted ?? present)];
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length > 0) throw refuse(`connection '${missing.join("', '")}'`);
  if (names.length === 0) throw refuse('connection');
  return names;
}
