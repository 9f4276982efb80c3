import { describe, expect, it } from '@jest/globals';
import { chatKeysOf } from '../../../lib/context/chat-keys.js';
import type { ChatKeys } from '../../../lib/context/chat-keys.js';
import type { ChatStore } from '../../../lib/context/chat.store.js';
import { SuspectChats } from '../../../lib/context/suspect-chats.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import type { RedisErrorKind } from '../../../lib/errors/redis-error-kind.js';

const chats = ['first', 'second', 'third'].map((id) => chatKeysOf(undefined, id));

function suspectsWhere(refuse: (keys: ChatKeys) => RedisErrorKind | undefined) {
  const asked: string[] = [];
  const clear = async (keys: ChatKeys): Promise<boolean> => {
    asked.push(keys.chatId);
    const kind = refuse(keys);
    if (kind !== undefined) throw new RedisError({ kind, message: 'refused' });
    return true;
  };
  const suspects = new SuspectChats({ clear } as unknown as ChatStore);
  for (const keys of chats) suspects.add(keys);
  return { asked, suspects };
}

describe('chats that may miss a message', () => {
  it('are settled once each', async () => {
    const { asked, suspects } = suspectsWhere(() => undefined);
    await suspects.settleAll();
    await suspects.settleAll();
    expect(asked).toEqual(['first', 'second', 'third']);
  });

  it('wait for the return of a Redis that is out', async () => {
    let isOut = true;
    const { asked, suspects } = suspectsWhere(() => (isOut ? 'unavailable' : undefined));
    await suspects.settleAll();
    expect(asked).toEqual(['first']);
    isOut = false;
    await suspects.settleAll();
    expect(asked).toEqual(['first', 'first', 'second', 'third']);
  });

  it('are not held up by one whose key is of another type, which stays suspect', async () => {
    const { asked, suspects } = suspectsWhere(({ chatId }) => (chatId === 'first' ? 'wrong-type' : undefined));
    await suspects.settleAll();
    expect(asked).toEqual(['first', 'second', 'third']);
    await expect(suspects.settle(chats[0] as ChatKeys)).rejects.toMatchObject({ redisErrorKind: 'wrong-type' });
    await suspects.settle(chats[1] as ChatKeys);
    expect(asked).toEqual(['first', 'second', 'third', 'first']);
  });
});
