import { HumanMessage } from '@langchain/core/messages';
import { RedisChatMessageHistory } from '@langchain/redis';
import { createClient } from 'redis';
import type { ContextCache } from 'nestjs-redis-hub/context';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { messageOf, openContext, type ContextBed } from './context-bed.js';
import { benchGrowth } from './context-growth.js';
import { play, printMatch, type Contestant } from './interleaved.js';
import { printLimit } from './limits.js';

const IN_FLIGHT = 64;
const ROUNDS = 15;
const SLICE_MS = 60;
const CHATS = 200;
const CAP = 100;
const WANTED = 20;
const TTL_SECONDS = 86_400;
/** What the last twenty messages weigh, and a little more. */
const WINDOW_TOKENS = 20 * 125;

const READ_LIMIT = 10;
const WINDOW_LIMIT = 0.8;
const MEMORY_LIMIT = 1.15;

/** That of node-redis, with whatever type arguments. */
type HistoryClient = object;

/** The chat context against @langchain/redis on the same node-redis, chats of 100 messages of 560 B. */
export async function benchContext(server: RedisTestServer): Promise<void> {
  process.stdout.write(
    `\nChat context / @langchain/redis, ${CHATS} chats of ${CAP} messages of 560 B, ${IN_FLIGHT} in flight\n`,
  );
  const options = { maxMessages: CAP, countTokens: 'estimate' } as const;
  const nodeRedis = await openContext(server.url, 'node-redis', options);
  const ioredis = await openContext(server.url, 'ioredis', options);
  const counted = await openContext(server.url, 'node-redis', { ...options, countTokens: 'gpt-tokenizer' });
  const client = createClient({ url: server.url });
  await client.connect();
  const beds = { 'node-redis': nodeRedis, ioredis, 'node-redis, gpt-tokenizer': counted };
  await fill(nodeRedis.context, client);
  await compareAppends(beds, client);
  await compareReads(beds, client);
  await compareMemory(server);
  await Promise.all([...Object.values(beds).map((bed) => bed.close()), client.close()]);
  await server.command('FLUSHALL');
  await benchGrowth(server);
  await server.command('FLUSHALL');
}

async function compareAppends(beds: Readonly<Record<string, ContextBed>>, client: HistoryClient): Promise<void> {
  const others = Object.entries(beds).map(([name, { context }]) => appending(name, context));
  for (const [title, ttl] of [
    ['with its expiry', TTL_SECONDS],
    ['without', undefined],
  ] as const) {
    const base = adding('addMessage', client, ttl);
    const played = await play({ base, control: adding('again', client, ttl), others, ...LENGTH });
    printMatch(`append / addMessage ${title}`, played);
    for (const row of played.rows.slice(0, 2))
      printLimit(`on ${row.name} not below the control`, row.verdict !== 'less');
  }
}

async function compareReads(beds: Readonly<Record<string, ContextBed>>, client: HistoryClient): Promise<void> {
  const all = Object.entries(beds).slice(0, 2);
  const others = all.map(([name, { context }]) => each(name, (chat) => context.recent(chat, WANTED)));
  const getting = (name: string): Contestant =>
    each(name, (chat) => new RedisChatMessageHistory({ sessionId: `history:${chat}`, client }).getMessages());
  const reads = await play({ base: getting('getMessages'), control: getting('again'), others, ...LENGTH });
  printMatch(`last ${WANTED} / getMessages`, reads);
  for (const { name, ratio } of reads.rows) printLimit(`on ${name} at least ${READ_LIMIT}`, ratio.median >= READ_LIMIT);
  for (const [name, { context }] of all) {
    const recent = (title: string): Contestant => each(title, (chat) => context.recent(chat, WANTED));
    const window = each('window', (chat) => context.window(chat, { maxTokens: WINDOW_TOKENS }));
    const played = await play({ base: recent('recent'), control: recent('again'), others: [window], ...LENGTH });
    printMatch(`window / recent, ${name}`, played);
    printLimit(`at least ${WINDOW_LIMIT}`, (played.rows[0]?.ratio.median ?? 0) >= WINDOW_LIMIT);
  }
}

async function compareMemory(server: RedisTestServer): Promise<void> {
  const [list, hash] = ['m', 's'].map((key) => `dialog:chat:{:${chatOf(0)}}:${key}`);
  await server.command('DEL', 'plain');
  for (let n = 0; n < CAP; n += 1) await server.command('LPUSH', 'plain', JSON.stringify(messageOf(n)));
  const bytesOf = async (key = ''): Promise<number> =>
    Number(await server.command('MEMORY', 'USAGE', key, 'SAMPLES', 0));
  const [own, plain] = [(await bytesOf(list)) + (await bytesOf(hash)), await bytesOf('plain')];
  const length = Number(await server.command('LLEN', list ?? ''));
  process.stdout.write(
    `memory of a chat of ${length}: ${own} B, a plain list of the same JSON ${plain} B: ${(own / plain).toFixed(3)}\n`,
  );
  printLimit(`at most ${MEMORY_LIMIT}`, own / plain <= MEMORY_LIMIT);
}

const LENGTH = { inFlight: IN_FLIGHT, rounds: ROUNDS, sliceMs: SLICE_MS };

let said = 0;

function appending(name: string, context: ContextCache): Contestant {
  return each(name, (chat) => context.append(chat, messageOf((said += 1))));
}

function adding(name: string, client: HistoryClient, ttl: number | undefined): Contestant {
  return each(name, (chat) => {
    const { content, id = '' } = messageOf((said += 1));
    const history = new RedisChatMessageHistory({
      sessionId: `added:${chat}`,
      client,
      ...(ttl && { sessionTTL: ttl }),
    });
    return history.addMessage(new HumanMessage({ content: String(content), id }));
  });
}

/** One chat after the other. */
function each(name: string, operate: (chat: string) => Promise<unknown>): Contestant {
  let at = 0;
  return { name, operate: () => operate(chatOf((at = (at + 1) % CHATS))) };
}

function chatOf(n: number): string {
  return `chat-${n}`;
}

/** A hundred messages in each chat, as either of them keeps them. */
async function fill(context: ContextCache, client: HistoryClient): Promise<void> {
  const messages = Array.from({ length: CAP }, (_, n) => messageOf(n));
  for (let n = 0; n < CHATS; n += 1) {
    await context.append(chatOf(n), messages);
    const history = new RedisChatMessageHistory({ sessionId: `history:${chatOf(n)}`, client });
    await history.addMessages(
      messages.map(({ content, id = '' }) => new HumanMessage({ content: String(content), id })),
    );
  }
}
