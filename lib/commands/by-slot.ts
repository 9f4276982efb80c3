import { RedisError } from '../errors/redis.error.js';
import { slotOfKey } from '../utils/key-slot.js';

/** Keys in groups that a cluster takes in one command each. @internal */
export function groupedBySlot(keys: readonly string[]): string[][] {
  const groups = new Map<number, string[]>();
  for (const key of keys) {
    const slot = slotOfKey(key);
    const group = groups.get(slot);
    if (group === undefined) groups.set(slot, [key]);
    else group.push(key);
  }
  return [...groups.values()];
}

/**
 * What to say of a call whose keys do not share a slot; undefined where they do. The keys are not named: they are data.
 *
 * @internal
 */
export function crossSlotError(operation: string, keys: readonly string[]): RedisError | undefined {
  const [first, ...others] = keys;
  if (first === undefined || others.length === 0) return undefined;
  const slot = slotOfKey(first);
  if (others.every((key) => slotOfKey(key) === slot)) return undefined;
  return new RedisError({
    kind: 'cluster',
    operation,
    message:
      `${operation}: a cluster runs a script only where all its keys share a slot, and these ${keys.length} do not. `
      + 'Put the same hash tag, such as {chat-1}, into each of them.',
  });
}
