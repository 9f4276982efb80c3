import { ForeignReplyError } from '../../../lib/commands/foreign-reply.error.js';
import { chatKeysOf } from '../../../lib/context/chat-keys.js';
import { ChatStore } from '../../../lib/context/chat.store.js';
import { toEntries } from '../../../lib/context/envelope.codec.js';
import { ScriptRunner } from '../../../lib/context/script-runner.js';
import { SuspectChats } from '../../../lib/context/suspect-chats.js';
import { validateContextOptions } from '../../../lib/context/validate-context-options.js';
import type { RedisConnectionHandle } from '../../../lib/interfaces/redis-connection.interface.js';

type Handle = Pick<RedisConnectionHandle, 'commands' | 'distrust'>;

const keys = chatKeysOf(undefined, 'c');
const entries = toEntries([{ role: 'user', content: 'hi' }]);

const CALLS = {
  append: (store: ChatStore) => store.append(keys, entries),
  read: (store: ChatStore) => store.read(keys, { count: 1, need: 1 }),
  seed: (store: ChatStore) => store.seed(keys, 'wait', entries),
  clear: (store: ChatStore) => store.clear(keys),
  delete: (store: ChatStore) => store.delete(keys),
  touch: (store: ChatStore) => store.touch(keys),
  pin: (store: ChatStore) => store.pin(keys, ''),
  page: (store: ChatStore) => store.page(keys, 0, 1),
  release: (store: ChatStore) => store.release(keys, 'wait'),
  compact: (store: ChatStore) => store.replace(keys, { state: '', sequence: 1, sha1: '', envelopes: [] }),
};

/** Answers with what the script gives, under the tag of the call or of another. */
function storeThatGets(answer: (tag: unknown) => unknown) {
  const distrusted: Error[] = [];
  const commands = { runScript: async (_script: unknown, _keys: unknown, args: unknown[]) => answer(args[0]) };
  const handle = { commands, distrust: (reason: Error) => void distrusted.push(reason) } as unknown as Handle;
  return { distrusted, handle, store: storeOn(handle) };
}

const storeOn = (handle: Handle): ChatStore => new ChatStore(new ScriptRunner(handle), validateContextOptions({}));

describe('a reply that is another call’s', () => {
  it.each(Object.entries(CALLS))('is refused by %s, and the socket is given up', async (name, call) => {
    let last: unknown = 'of an earlier call';
    const { distrusted, store } = storeThatGets((tag) => {
      const reply = [last, 1, 1, 1, []];
      last = tag;
      return reply;
    });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const foreign = { redisErrorKind: 'reply', outcome: 'unknown', operation: `context.${name}` };
      await expect(call(store)).rejects.toMatchObject(foreign);
      expect(distrusted).toHaveLength(attempt);
      expect(distrusted.at(-1)).toBeInstanceOf(ForeignReplyError);
    }
  });

  it.each([null, 1, 'OK', [], [1, '', 0, []], { 0: 'tag' }])('is known by its form where it is %j', async (reply) => {
    const { distrusted, store } = storeThatGets(() => reply);
    for (const call of Object.values(CALLS))
      await expect(call(store)).rejects.toMatchObject({ redisErrorKind: 'reply' });
    expect(distrusted).toHaveLength(Object.keys(CALLS).length);
  });

  it('is refused on a connection that cannot give up its socket too', async () => {
    const { handle } = storeThatGets(() => 1);
    const store = storeOn({ commands: handle.commands });
    await expect(store.clear(keys)).rejects.toMatchObject({ redisErrorKind: 'reply' });
  });

  it('settles no chat', async () => {
    let isShifted = true;
    const { store } = storeThatGets((tag) => [isShifted ? 'other' : tag, 2]);
    const suspects = new SuspectChats(store);
    suspects.add(keys);
    await suspects.settleAll();
    await expect(suspects.settle(keys)).rejects.toMatchObject({ redisErrorKind: 'reply' });
    isShifted = false;
    await suspects.settle(keys);
    isShifted = true;
    await expect(suspects.settle(keys)).resolves.toBeUndefined();
  });

  it('is not what a call gets under its own tag', async () => {
    const { distrusted, store } = storeThatGets((tag) => [tag, 1, '', 2, ['b', 'a'], '', 'g']);
    expect(await CALLS.read(store)).toEqual({ warm: true, length: 2, entries: ['b', 'a'], pinned: '', state: 'g' });
    expect(distrusted).toEqual([]);
  });
});
