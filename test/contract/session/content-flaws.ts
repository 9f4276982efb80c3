import { isTombstone } from '../../../lib/session/index.js';
import { flawed, misnamed, turn } from './flawed-tier.js';
import type { Flaw } from './flawed-tier.js';

/** Of ids and data. */
export const CONTENT_FLAWS: readonly Flaw[] = [
  {
    flaw: 'ends an id at its first null byte',
    caughtBy: 'id: drains ids of any characters and length as they are',
    create: () => misnamed((id) => id.replace(/\0.*/s, '')),
  },
  {
    flaw: 'does not tell upper case from lower case',
    caughtBy: 'id: takes ids of any characters, and keeps them apart',
    create: () => misnamed((id) => id.toLowerCase()),
  },
  {
    flaw: 'cuts ids at 255 characters',
    caughtBy: 'id: takes ids of 1,024 characters, and tells them apart by the last',
    create: () => misnamed((id) => id.slice(0, 255)),
  },
  {
    flaw: 'cuts data at 64 KiB',
    caughtBy: 'payload: keeps a session of the largest size, through a touch, a drain and a confirmation',
    create: () =>
      flawed((sound) => ({
        put: (id, entry, dirty) => sound.put(id, { ...entry, data: entry.data?.slice(0, 65_536) }, dirty),
      })),
  },
  {
    flaw: 'reads the data and writes it anew',
    caughtBy: 'payload: keeps text that only looks like something',
    create: () =>
      flawed((sound) => ({
        put: (id, entry, dirty) => sound.put(id, { ...entry, data: rewritten(entry.data) }, dirty),
      })),
  },
];

/** Of conditions, lists and counts. */
export const QUERY_FLAWS: readonly Flaw[] = [
  {
    flaw: 'replaces any version by putIf()',
    caughtBy: 'putIf: replaces the version that was expected, and no other',
    create: () => flawed((sound) => ({ putIf: (id, entry, _expected, dirty) => sound.put(id, entry, dirty) })),
  },
  {
    flaw: 'compares the version and puts in two steps',
    caughtBy: 'putIf: lets one of many that expect the same version succeed',
    create: () =>
      flawed((sound) => ({
        putIf: async (id, entry, expected, dirty) => {
          const held = await sound.get(id);
          await turn();
          if (held && (isTombstone(held.entry) || held.entry.version !== expected)) return undefined;
          return sound.put(id, entry, dirty);
        },
      })),
  },
  {
    flaw: 'marks what putIf() refused',
    caughtBy: 'putIf: marks a change that Redis has not confirmed, where it made one',
    create: () =>
      flawed((sound) => ({
        putIf: async (id, entry, expected, dirty) => {
          const held = await sound.putIf(id, entry, expected, dirty);
          if (held === undefined && dirty) await sound.markAllDirty();
          return held;
        },
      })),
  },
  {
    flaw: 'lists what was destroyed',
    caughtBy: 'list: lists neither what was destroyed nor what is over',
    create: () =>
      flawed((sound) => {
        const known = new Set<string>();
        return {
          put: (id, entry, dirty) => {
            known.add(id);
            return sound.put(id, entry, dirty);
          },
          ids: async function* (size) {
            const all = [...known];
            for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
          },
        };
      }),
  },
  {
    flaw: 'lists everything on one page',
    caughtBy: 'list: lists every live session once, page by page',
    create: () => flawed((sound) => ({ ids: () => sound.ids(1_000) })),
  },
  {
    flaw: 'finds a session by a user that it had before',
    caughtBy: 'list: has the user follow the data: the newest counts, and a touch changes nothing',
    create: () =>
      flawed((sound) => {
        const known = new Map<string, Set<string>>();
        return {
          put: (id, entry, dirty) => {
            if (entry.userId !== undefined) known.set(entry.userId, (known.get(entry.userId) ?? new Set()).add(id));
            return sound.put(id, entry, dirty);
          },
          idsOfUser: async (userId) => [...(known.get(userId) ?? [])],
        };
      }),
  },
  {
    flaw: 'counts no dirty entries',
    caughtBy: 'life: counts what is dirty',
    create: () => flawed(() => ({ dirtyCount: 0 })),
  },
  {
    flaw: 'keeps what the application before it left in this process',
    caughtBy: 'life: may be opened again: what was shared is there, and nothing of this process',
    create: () => flawed(() => ({ open: () => Promise.resolve(), close: () => Promise.resolve() })),
  },
];

function rewritten(data: string | undefined): string | undefined {
  try {
    return data === undefined ? undefined : JSON.stringify(JSON.parse(data));
  } catch {
    return data;
  }
}
