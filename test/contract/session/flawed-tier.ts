import type { HeldSession, SessionTier } from '../../../lib/session/index.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';

/** A tier that breaks the contract, and the case that has to notice. */
export interface Flaw {
  readonly flaw: string;
  readonly caughtBy: string;
  readonly create: () => SessionTier;
}

/** A sound tier with some of its members replaced; the rest of it goes on as if they were not. */
export function flawed(
  flaws: (sound: MemoryTier) => Partial<SessionTier>,
  sound: MemoryTier = new MemoryTier(1_000),
): SessionTier {
  return Object.create(sound, Object.getOwnPropertyDescriptors(flaws(sound))) as SessionTier;
}

/** Another id to each call, in all that a tier is asked. */
export function misnamed(rename: (id: string) => string): SessionTier {
  return flawed((sound) => ({
    get: (id) => sound.get(rename(id)),
    put: (id, entry, dirty) => sound.put(rename(id), entry, dirty),
    putIf: (id, entry, expected, dirty) => sound.putIf(rename(id), entry, expected, dirty),
    touch: (id, touch, dirty) => sound.touch(rename(id), touch, dirty),
    forget: (id, entry) => sound.forget(rename(id), entry),
    confirm: (id, entry) => sound.confirm(rename(id), entry),
  }));
}

/** Takes out whatever is held, dirty or not, and gives it. */
export async function drop(tier: SessionTier, id: string): Promise<HeldSession | undefined> {
  const held = await tier.get(id);
  if (held === undefined) return undefined;
  await tier.confirm(id, held.entry);
  await tier.forget(id, held.entry);
  return held;
}

/** Lets whatever else is under way come first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
