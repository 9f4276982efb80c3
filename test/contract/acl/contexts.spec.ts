import { readFileSync } from 'node:fs';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ContextModule, getContextToken } from '../../../lib/context/index.js';
import type { ContextCache } from '../../../lib/context/index.js';
import { RedisModule } from '../../../lib/index.js';
import { documentedUsers } from '../../support/documented-users.js';
import { describeEachDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';

/** The keys that the page gives each context, in its order: the one named `support`, then the one without a name. */
const PATTERNS = [...readFileSync('docs/ACL.md', 'utf8').matchAll(/`(~dialog:chats?:[^`%]*)`/g)].map(
  ([, key]) => key ?? '',
);
const KEYS = { support: PATTERNS.slice(0, 2), usual: PATTERNS.slice(2) };

describeEachDriver('a user with the keys of one context', (driver) => {
  let server: RedisTestServer;

  beforeAll(async () => {
    const { rules = [] } = documentedUsers().get('context') ?? {};
    const rest = rules.slice(1).filter((rule) => !rule.startsWith('~'));
    const acl = Object.entries(KEYS).map(([name, keys]) => [name, ...rest, ...keys].join(' '));
    server = await RedisTestServer.start({ acl });
  });
  afterAll(() => server.stop());

  async function start(user: string): Promise<TestingModule> {
    const password = documentedUsers().get('context')?.password ?? '';
    const imports = [
      RedisModule.forRoot({ driver, url: `redis://${user}:${password}@${server.host}:${server.port}` }),
      ContextModule.forRoot({ tenant: 'acme' }),
      ContextModule.forFeature({ name: 'support', tenant: 'acme' }),
    ];
    const module = await Test.createTestingModule({ imports }).compile();
    module.useLogger(false);
    return module.init();
  }

  it.each([
    ['support', 'support', undefined],
    ['usual', undefined, 'support'],
  ])('%s may use it, and no other', async (user, own, other) => {
    const app = await start(user);
    const [mine, theirs] = [own, other].map((name) => app.get<ContextCache>(getContextToken(name)));
    expect(await mine?.append('c', { role: 'user', content: '1' }, { userId: 'ada' })).toMatchObject({ stored: 1 });
    expect(await mine?.recent('c')).toHaveLength(1);
    expect(await mine?.chats()).toMatchObject([{ chatId: 'c' }]);
    expect(await mine?.chats('ada')).toMatchObject([{ chatId: 'c' }]);
    await expect(theirs?.append('c', { role: 'user', content: '1' })).rejects.toMatchObject({
      redisErrorKind: 'permission',
    });
    await expect(theirs?.recent('c', { onUnavailable: 'throw' })).rejects.toMatchObject({
      redisErrorKind: 'permission',
    });
    await expect(theirs?.chats()).rejects.toMatchObject({ redisErrorKind: 'permission' });
    expect(await mine?.delete('c')).toBe(true);
    await app.close();
  });
});
