import { inspect } from 'node:util';
import { ContextCache } from '../../../lib/context/index.js';
import type { AppendOptions, ContextMessage, ReadOptions } from '../../../lib/context/index.js';
import { ChatLoads } from '../../../lib/context/chat-loads.js';
import { chatKeysOf } from '../../../lib/context/chat-keys.js';
import type { ContextEngine } from '../../../lib/context/context.engine.js';
import { validateContextOptions } from '../../../lib/context/validate-context-options.js';
import { isRedisError } from '../../../lib/errors/redis.error.js';

const SECRET = 'what was said in confidence';

/** Nothing here may come as far as Redis. */
const engine = { settings: validateContextOptions({}) } as unknown as ContextEngine;
const cache = new ContextCache(engine);

describe('arguments that throw when they are looked at', () => {
  it.each([
    ['a getter in metadata', { role: 'user', content: '', metadata: trap('key') }, 'messages[1].metadata'],
    ['a getter deep in metadata', { role: 'user', content: '', metadata: { a: [trap('b')] } }, 'messages[1].metadata'],
    ['a getter in a part', { role: 'user', content: [{ type: 'image', of: trap('url') }] }, 'messages[1].content'],
    ['a getter for the type of a part', { role: 'user', content: [trap('type')] }, 'messages[1]'],
    ['a getter for a field', Object.assign(trap('content'), { role: 'user' }), 'messages[1]'],
    ['a getter in a call', { role: 'assistant', content: '', toolCalls: [trap('id')] }, 'messages[1]'],
    ['a proxy that tells nothing', hostileProxy(), 'messages[1]'],
    ['a revoked proxy', revoked({}), 'messages[1]'],
    ['a getter that throws the second time', { role: 'user', content: '', metadata: laterTrap() }, 'messages'],
  ])('are refused by name, without their content: %s', async (_name, message, path) => {
    const turn = [{ role: 'user', content: 'fine' }, message] as unknown as ContextMessage[];
    const said = `context.append: ${path} cannot be read.`;
    await expectRefusal(cache.append('c', turn), 'serialization', said);
  });

  it('are refused as the list of messages', async () => {
    const said = 'context.append: messages cannot be read.';
    await expectRefusal(cache.append('c', revoked([]) as ContextMessage[]), 'serialization', said);
    const list = Object.defineProperty([], 0, { get: fail }) as ContextMessage[];
    await expectRefusal(cache.append('c', list), 'serialization', said);
  });

  it('are refused of a loader', async () => {
    const loader = () => [{ role: 'user', content: '', metadata: trap('key') }] as unknown as ContextMessage[];
    const loads = new ChatLoads(loader, validateContextOptions({}), () => 0);
    const load = loads.load(chatKeysOf(undefined, 'c'), '', async () => undefined);
    await expectRefusal(load, 'serialization', 'context.load: loaded[0].metadata cannot be read.');
  });

  it.each([null, 'all', true, () => SECRET])('are refused as a limit: %p', async (limit) => {
    const wrong = limit as unknown as ReadOptions;
    await expectRefusal(cache.recent('c', wrong), 'configuration', 'context.recent: limit must be');
    await expectRefusal(cache.read('c', wrong), 'configuration', 'context.read: limit must be');
  });

  it.each(['limit', 'onUnavailable'])('are refused as options of a read: %s', async (field) => {
    const said = `context.recent: limit.${field} cannot be read.`;
    await expectRefusal(cache.recent('c', trap(field)), 'configuration', said);
  });

  it('are refused as options of an append', async () => {
    const message: ContextMessage = { role: 'user', content: SECRET };
    const given = (options: unknown) => cache.append('c', message, options as AppendOptions);
    await expectRefusal(given(null), 'configuration', 'context.append: options must be');
    await expectRefusal(given('t1'), 'configuration', 'context.append: options must be');
    await expectRefusal(given(trap('turnId')), 'configuration', 'context.append: options.turnId cannot be read.');
    await expectRefusal(given({ turnId: null }), 'configuration', 'context.append: turnId must be text');
  });

  it.each([null, revoked({}), Symbol(SECRET)])('are refused as a chat: %#', async (chatId) => {
    const said = 'chatId must be text';
    await expectRefusal(cache.recent(chatId as string), 'configuration', said);
    await expectRefusal(cache.clear(chatId as string), 'configuration', said);
  });
});

async function expectRefusal(call: Promise<unknown>, kind: 'serialization' | 'configuration', said: string) {
  const error = await call.catch((reason: unknown) => reason);
  expect(isRedisError(error, kind)).toBe(true);
  expect((error as Error).message).toContain(said);
  expect(inspect(error)).not.toContain(SECRET);
}

function fail(): never {
  throw new Error(SECRET);
}

function trap(field: string): object {
  return Object.defineProperty({}, field, { get: fail, enumerable: true });
}

/** Is read once when it is checked, and again when it is written. */
function laterTrap(): object {
  let reads = 0;
  const get = (): string => ((reads += 1) > 1 ? fail() : SECRET);
  return Object.defineProperty({}, 'key', { get, enumerable: true });
}

function hostileProxy(): object {
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
