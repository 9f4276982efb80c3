import type { ModulesContainer } from '@nestjs/core';
import { RedisError } from '../errors/redis.error.js';
import { DEFAULT_CONNECTION } from '../redis.constants.js';
import { CONTEXT_PLACE } from './context.constants.js';

/** What is static of a context: known of all of them before the first is made. @internal */
export interface ContextPlace {
  /** Undefined for the one of `forRoot`. */
  readonly name: string | undefined;
  /** As it was given. */
  readonly connection: string | undefined;
  readonly isGlobal: boolean;
}

/**
 * Two contexts of one name on one connection would share their keys, whatever their caps; two that are global would take
 * each other's place, by the order of imports.
 *
 * @throws RedisError of kind `configuration`
 * @internal
 */
export function assertOneContextOf(place: ContextPlace, modules: ModulesContainer): void {
  const places = placesIn(modules);
  const connection = connectionOf(place, places);
  const namesakes = places.filter(({ name }) => name === place.name);
  const sharers = namesakes.filter((other) => connectionOf(other, places) === connection);
  if (sharers.length > 1) {
    throw createError(place, `was imported ${sharers.length} times on the connection "${connection}"`, SHARED);
  }
  const globals = namesakes.filter(({ isGlobal }) => isGlobal);
  if (globals.length > 1) throw createError(place, `is global on ${globals.length} connections`, SHADOWED);
}

/** The connection that a context lives on, where it was told none: that of `forRoot`, or else the default. @internal */
export function rootConnectionOf(place: ContextPlace, modules: ModulesContainer): string {
  return connectionOf(place, placesIn(modules));
}

const SHARED = 'Import it once and inject it everywhere, or give the further ones another name by forFeature';
const SHADOWED = 'Give one of them another name by forFeature, or isGlobal: false';

function connectionOf(place: ContextPlace, places: readonly ContextPlace[]): string {
  if (place.connection !== undefined) return place.connection;
  if (place.name === undefined) return DEFAULT_CONNECTION;
  const roots = places.filter(({ name }) => name === undefined);
  const [connection = DEFAULT_CONNECTION, ...others] = new Set(roots.map((root) => connectionOf(root, places)));
  if (others.length === 0) return connection;
  throw createError(
    place,
    `has no connection of its own, and forRoot was imported for several`,
    'Give it its connection',
  );
}

function placesIn(modules: ModulesContainer): ContextPlace[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const place: unknown = providers.get(CONTEXT_PLACE)?.instance;
    return place === undefined ? [] : [place as ContextPlace];
  });
}

function createError({ name }: ContextPlace, what: string, remedy: string): RedisError {
  const context = name === undefined ? 'The context of ContextModule.forRoot' : `The context "${name}"`;
  return new RedisError({ kind: 'configuration', operation: 'boot', message: `${context} ${what}. ${remedy}.` });
}
