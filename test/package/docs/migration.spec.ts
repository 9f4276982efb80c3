import { RedisTestServer } from '../../support/redis-server.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ReadmeApp } from '../support/readme-app.js';

/** The old code, on the server first; then the new one beside it. Writes what each of them sees. */
const CHECK = `
import 'reflect-metadata';
import { Controller, Get, Module, Param, Post, Req, Session } from '@nestjs/common';
import { Queue } from 'bullmq';
import { getQueueToken } from '@nestjs/bullmq';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import type { AddressInfo, Server } from 'node:net';
import { HumanMessage } from '@langchain/core/messages';
import { RedisChatMessageHistory } from '@langchain/redis';
import { createClient } from 'redis';
import { isRedisError, REDIS_CLIENT } from 'nestjs-redis-hub';
import { getContextToken } from 'nestjs-redis-hub/context';
import type { ContextCache } from 'nestjs-redis-hub/context';
import { SessionStore } from 'nestjs-redis-hub/session';
import { AppModule } from './app.module.js';
import { CatalogService } from './catalog.service.js';
import { ChatsService } from './chats.service.js';
import { start } from './main.js';

declare module 'express-session' {
  interface SessionData { user?: string }
}

const SECRET = 'a secret that stays the same';
const client = createClient({ url: process.env['REDIS_URL'] ?? '' });
await client.connect();

@Controller()
class AuthController {
  @Post('login/:user')
  login(@Param('user') user: string, @Session() session: { user?: string }) {
    session.user = user;
  }

  @Get('me')
  me(@Session() session: { user?: string }) {
    return session.user ?? 'nobody';
  }

  @Post('logout')
  logout(@Req() request: express.Request) {
    return new Promise((resolve) => request.session.destroy(() => resolve({})));
  }
}
Module({ controllers: [AuthController] })(AppModule);

const ask = async (server: Server, path: string, cookie: string, method = 'GET'): Promise<Response> =>
  fetch('http://127.0.0.1:' + (server.address() as AddressInfo).port + path, { method, headers: { cookie } });
const me = async (server: Server, cookie: string): Promise<string> => (await ask(server, '/me', cookie)).text();
const login = async (server: Server, user: string): Promise<string> =>
  (await ask(server, '/login/' + user, '', 'POST')).headers.getSetCookie()[0]?.split(';')[0] ?? '';

// the old app
const oldStore = new RedisStore({ client });
const oldApp = express();
oldApp.use(session({ store: oldStore, secret: SECRET, resave: false, saveUninitialized: false }));
oldApp.post('/login/:user', (request, response) => {
  request.session.user = request.params.user;
  response.end();
});
oldApp.get('/me', (request, response) => void response.end(request.session.user ?? 'nobody'));
const oldServer = oldApp.listen(0, '127.0.0.1');
await new Promise((resolve) => oldServer.once('listening', resolve));
const [ada, bob] = [await login(oldServer, 'ada'), await login(oldServer, 'bob')];
const adaKey = 'sess:' + (/s:([^.]+)/.exec(decodeURIComponent(ada))?.[1] ?? '');
await client.set('product:1', '{"name":"old"}', { EX: 60 });
await client.lPush('seen:ada', ['"1"', '"2"']);
await client.lPush('chat:c', ['{"id":"1","role":"user","text":"Hello"}', '{"id":"2","role":"assistant","text":"Hi"}']);
await new RedisChatMessageHistory({ sessionId: 'old-session', client }).addMessage(new HumanMessage('Weather?'));
const { hostname: host, port } = new URL(process.env['REDIS_URL'] ?? '');
const oldQueue = new Queue('mails', { connection: { host, port: Number(port) } });
await oldQueue.add('welcome', {});

// the new one beside it
const app = await start(0, SECRET);
const server = app.getHttpServer() as Server;
const [catalog, chats] = [app.get(CatalogService), app.get(ChatsService)];
const results: Record<string, unknown> = {};

results['legacy token'] = app.get('default_IORedisModuleConnectionToken') === app.get(REDIS_CLIENT);
results['old cache'] = await catalog.product('1', async () => ({ name: 'loaded' }));
await catalog.product('2', async () => ({ name: 'new' }));
results['cache for the old code'] = await client.get('product:2');
results['list'] = await catalog.see('ada', '3');
results['list for the old code'] = await client.lRange('seen:ada', 0, -1);
results['jobs'] = await app.get<Queue>(getQueueToken('mails')).getJobCountByTypes('waiting');

const texts = async (): Promise<unknown[]> => (await chats.recent('c')).map(({ content }) => content);
results['old chat'] = await texts();
await chats.say('c', { id: '3', role: 'user', text: 'And you?' });
results['chat'] = await texts();
results['chat for the old code'] = await client.lLen('chat:c');
await chats.say('unread', { id: '1', role: 'user', text: 'First' });
results['chat that is carried with its first message'] = (await chats.recent('unread')).length;
const assistant = app.get<ContextCache>(getContextToken('assistant'));
results['chat of LangChain'] = (await assistant.recent('old-session')).map(({ role, content }) => [role, content]);

results['old login'] = await me(server, ada);
const dan = await login(server, 'dan');
results['new login, here and there'] = [await me(server, dan), await me(oldServer, dan)];
const late = await client.get(adaKey);
await ask(server, '/logout', ada, 'POST');
results['after a logout, here and there'] = [await me(server, ada), await me(oldServer, ada)];
await client.set(adaKey, late ?? '', { EX: 60 }); // a late save by an old node
results['after a late save on an old node'] = await me(server, ada);
results['another old login'] = await me(server, bob);
await client.set('dialog:session:foreign', '{"cookie":{}}');
results['an old value under the new key'] = await app
  .get(SessionStore)
  .get('foreign')
  .catch((error: unknown) => isRedisError(error, 'serialization'));

process.stdout.write('\\n' + JSON.stringify(results));
process.exit(0);
`;

const ON_YOUR_CLIENT = `
import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { RedisService } from 'nestjs-redis-hub';
import { redisModuleOn } from './on-your-client.js';

const client = new Redis(process.env['REDIS_URL'] ?? '', { autoResendUnfulfilledCommands: false });
const app = await Test.createTestingModule({ imports: [redisModuleOn(client)] }).compile();
await app.init();
await app.get(RedisService).ping();
await app.close();
process.stdout.write(client.status); // ours was closed, yours was not
client.disconnect();
`;

const page = readPage('docs/MIGRATION.md');

describe('docs/MIGRATION.md', () => {
  let server: RedisTestServer;
  let app: ReadmeApp;

  beforeAll(async () => {
    server = await RedisTestServer.start();
    app = ReadmeApp.create({ 'check.ts': CHECK, 'lent.ts': ON_YOUR_CLIENT }, 'docs/MIGRATION.md');
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('has code that compiles', async () => {
    expect(await app.compile()).toBe('');
  });

  it('carries over what the old code wrote, and leaves it able to go on', async () => {
    const written = await app.run('check.js', { REDIS_URL: server.url });
    expect(JSON.parse(written.split('\n').at(-1) ?? '')).toEqual({
      'legacy token': true,
      'old cache': { name: 'old' },
      'cache for the old code': '{"name":"new"}',
      list: ['3', '2', '1'],
      'list for the old code': ['"3"', '"2"', '"1"'],
      jobs: 1,
      'old chat': ['Hello', 'Hi'],
      chat: ['Hello', 'Hi', 'And you?'],
      'chat for the old code': 3,
      'chat that is carried with its first message': 1,
      'chat of LangChain': [['user', 'Weather?']],
      'old login': 'ada',
      'new login, here and there': ['dan', 'dan'],
      'after a logout, here and there': ['nobody', 'nobody'],
      'after a late save on an old node': 'nobody',
      'another old login': 'bob',
      'an old value under the new key': true,
    });
  });

  it('begins on a client that is yours, and leaves it open', async () => {
    expect(await app.run('lent.js', { REDIS_URL: server.url })).toBe('ready');
  });

  it('names metrics that are kept', () => {
    const kept = tableOf(readPage('docs/METRICS.md'), 'metric').rows.flatMap(([name = '']) => codeSpans(name));
    const named = codeSpans(page.prose).filter((code) => /^(redis|llm)_\w+$/.test(code));
    expect(named.filter((name) => !kept.includes(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });
});
