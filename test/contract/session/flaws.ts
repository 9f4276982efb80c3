import { isTombstone, joinEntries } from '../../../lib/session/index.js';
import type { DirtySession } from '../../../lib/session/index.js';
import { MemoryTier } from '../../../lib/session/memory.tier.js';
import { CONTENT_FLAWS, QUERY_FLAWS } from './content-flaws.js';
import { drop, flawed, turn } from './flawed-tier.js';
import type { Flaw } from './flawed-tier.js';

const JOIN: readonly Flaw[] = [
  {
    flaw: 'forgets tombstones',
    caughtBy: 'join: keeps a session destroyed against later saves and touches',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.put(id, entry, dirty);
          if (isTombstone(held.entry)) await drop(sound, id);
          return held;
        },
      })),
  },
  {
    flaw: 'lets a newer save win over a tombstone',
    caughtBy: 'join: keeps a session destroyed against later saves and touches',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.get(id);
          if (held && isTombstone(held.entry) && entry.version > held.entry.version) await drop(sound, id);
          return sound.put(id, entry, dirty);
        },
      })),
  },
  {
    flaw: 'lets the last write win',
    caughtBy:
      'join: ends in the same state, in whatever order they come, and twice: three saves, of which the newest ends first',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          await drop(sound, id);
          return sound.put(id, entry, dirty);
        },
      })),
  },
  {
    flaw: 'lengthens a life by a late save',
    caughtBy: 'join: does not lengthen a life by a late save',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.put(id, entry, dirty);
          if (entry.expiresAt <= held.entry.expiresAt) return held;
          const touch = { version: held.entry.version, expiresAt: entry.expiresAt };
          return (await sound.touch(id, touch, dirty)) ?? held;
        },
      })),
  },
  {
    flaw: 'remembers a tombstone for its own time alone',
    caughtBy: 'join: remembers a tombstone for as long as anything was promised for its session',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          if (isTombstone(entry)) await drop(sound, id);
          return sound.put(id, entry, dirty);
        },
      })),
  },
  {
    flaw: 'reads, waits, and writes',
    caughtBy: 'join: keeps the newest of many saves at once',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.get(id);
          await turn();
          await drop(sound, id);
          return sound.put(id, held ? joinEntries(held.entry, entry) : entry, dirty);
        },
      })),
  },
];

const TOUCH: readonly Flaw[] = [
  {
    flaw: 'shortens a life by a touch',
    caughtBy: 'touch: never shortens a life',
    create: () =>
      flawed((sound) => ({
        touch: async (id, touch, dirty) => {
          const held = await sound.touch(id, touch, dirty);
          if (held === undefined) return undefined;
          await drop(sound, id);
          return sound.put(id, { ...held.entry, expiresAt: touch.expiresAt }, dirty || held.dirty);
        },
      })),
  },
  {
    flaw: 'creates a session by a touch',
    caughtBy: 'touch: creates no session',
    create: () =>
      flawed((sound) => ({
        touch: async (id, touch, dirty) => {
          const { version, expiresAt } = touch;
          const held = await sound.touch(id, touch, dirty);
          return held ?? sound.put(id, { version, expiryVersion: version, expiresAt, data: '{}' }, dirty);
        },
      })),
  },
  {
    flaw: 'brings back by a touch what was destroyed',
    caughtBy: 'touch: brings back no session that was destroyed',
    create: () =>
      flawed((sound) => ({
        touch: async (id, touch, dirty) => {
          const held = await sound.get(id);
          if (held && isTombstone(held.entry)) {
            await drop(sound, id);
            await sound.put(id, { ...held.entry, data: '{}' }, held.dirty);
          }
          return sound.touch(id, touch, dirty);
        },
      })),
  },
  {
    flaw: 'drops a touch when an older save comes',
    caughtBy: 'touch: keeps a touch through saves that were made before it',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.get(id);
          if (held?.entry.data !== undefined && entry.version > held.entry.version) await drop(sound, id);
          return sound.put(id, entry, dirty);
        },
      })),
  },
];

const EXPIRY: readonly Flaw[] = [
  {
    flaw: 'reads the clock of another time zone',
    caughtBy: 'expiry: takes a session anew whose time was over',
    create: () => new MemoryTier(1_000, () => Date.now() + 2 * 3_600_000),
  },
  {
    flaw: 'counts its time in seconds of 32 bits',
    caughtBy: 'expiry: keeps an end that is a hundred years away',
    create: () =>
      flawed((sound) => ({
        put: (id, entry, dirty) =>
          sound.put(id, { ...entry, expiresAt: Math.min(entry.expiresAt, 2 ** 32 * 1_000) }, dirty),
      })),
  },
  {
    flaw: 'ends a session five seconds late',
    caughtBy: 'expiry: ends a session to the millisecond',
    create: () => new MemoryTier(1_000, () => Date.now() - 5_000),
  },
  {
    flaw: 'never forgets a tombstone',
    caughtBy: 'expiry: forgets a tombstone when nothing was promised any more',
    create: () =>
      flawed((sound) => ({
        put: (id, entry, dirty) =>
          sound.put(id, isTombstone(entry) ? { ...entry, expiresAt: entry.expiresAt + 3_600_000 } : entry, dirty),
      })),
  },
];

const DIRTY: readonly Flaw[] = [
  {
    flaw: 'loses the mark on confirm of an older entry',
    caughtBy: 'dirty: clears the mark by confirm() only for what was confirmed',
    create: () =>
      flawed((sound) => ({
        confirm: async (id) => {
          const held = await sound.get(id);
          if (held) await sound.confirm(id, held.entry);
        },
      })),
  },
  {
    flaw: 'loses the mark when an older change comes confirmed',
    caughtBy: 'dirty: keeps the mark when an older change comes confirmed',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.put(id, entry, dirty);
          if (!dirty) await sound.confirm(id, held.entry);
          return { ...held, dirty };
        },
      })),
  },
  {
    flaw: 'keeps the mark when the same change comes confirmed',
    caughtBy: 'dirty: clears the mark when the same change comes confirmed, or a newer one',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => sound.put(id, entry, dirty || (await sound.get(id))?.dirty === true),
      })),
  },
  {
    flaw: 'does not mark a touch',
    caughtBy: 'dirty: keeps the mark of a touch when the save before it comes confirmed',
    create: () => flawed((sound) => ({ touch: (id, touch) => sound.touch(id, touch, false) })),
  },
  {
    flaw: 'loses the mark by a touch that Redis took',
    caughtBy: 'dirty: keeps the mark through a touch that Redis took',
    create: () =>
      flawed((sound) => ({
        touch: async (id, touch, dirty) => {
          const held = await sound.touch(id, touch, dirty);
          if (held && !dirty) await sound.confirm(id, held.entry);
          return held;
        },
      })),
  },
  {
    flaw: 'forgets a dirty entry when its time is over',
    caughtBy: 'dirty: remembers a dirty entry whose time is over while an older one may live longer in Redis',
    create: () =>
      flawed((sound) => ({
        put: async (id, entry, dirty) => {
          const held = await sound.put(id, entry, dirty);
          if (held.entry.expiresAt <= Date.now()) await drop(sound, id);
          return held;
        },
      })),
  },
  {
    flaw: 'marks nothing when Redis may have lost it',
    caughtBy: 'dirty: marks everything when Redis may have lost what it confirmed',
    create: () => flawed(() => ({ markAllDirty: () => Promise.resolve() })),
  },
  {
    flaw: 'confirms what it reads and writes in two steps',
    caughtBy: 'dirty: keeps the mark of a change that comes while an older one is confirmed',
    create: () =>
      flawed((sound) => ({
        confirm: async (id, entry) => {
          const held = await sound.get(id);
          await turn();
          const now = await sound.get(id);
          if (held?.entry.version === entry.version && now) await sound.confirm(id, now.entry);
        },
      })),
  },
];

const DRAIN: readonly Flaw[] = [
  {
    flaw: 'drains no tombstones',
    caughtBy: 'drain: drains entries as they are held, tombstones too',
    create: () =>
      flawed((sound) => ({
        drain: async function* (size) {
          for await (const batch of sound.drain(size)) yield batch.filter(({ entry }) => !isTombstone(entry));
        },
      })),
  },
  {
    flaw: 'drains everything in one batch',
    caughtBy: 'drain: drains every dirty entry once, in batches, until it is confirmed',
    create: () => flawed((sound) => ({ drain: () => sound.drain(1_000) })),
  },
  {
    flaw: 'pages by offset, and so passes over what moves up',
    caughtBy: 'drain: goes on while entries are confirmed and changed',
    create: () =>
      flawed((sound) => ({
        drain: async function* (size) {
          for (let offset = 0; ; offset += size) {
            const all: DirtySession[] = [];
            for await (const batch of sound.drain(1_000)) all.push(...batch);
            if (offset >= all.length) return;
            yield all.slice(offset, offset + size);
          }
        },
      })),
  },
  {
    flaw: 'drains nothing after a drain that was left early',
    caughtBy: 'drain: drains anew when a drain was left early',
    create: () =>
      flawed((sound) => {
        let isDraining = false;
        return {
          drain: async function* (size) {
            if (isDraining) return;
            isDraining = true;
            yield* sound.drain(size);
            isDraining = false;
          },
        };
      }),
  },
  {
    flaw: 'forgets whatever is held, if it is clean',
    caughtBy: 'drain: forgets a clean entry only while it is the one that was meant',
    create: () =>
      flawed((sound) => ({
        forget: async (id) => {
          const held = await sound.get(id);
          if (held) await sound.forget(id, held.entry);
        },
      })),
  },
  {
    flaw: 'forgets dirty entries',
    caughtBy: 'drain: forgets no dirty entry',
    create: () => flawed((sound) => ({ forget: async (id) => void (await drop(sound, id)) })),
  },
];

/** Of a tier of one process. */
export const FLAWS: readonly Flaw[] = [
  ...JOIN,
  ...TOUCH,
  ...EXPIRY,
  ...DIRTY,
  ...DRAIN,
  ...CONTENT_FLAWS,
  ...QUERY_FLAWS,
];
