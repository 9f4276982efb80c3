import { freemem } from 'node:os';
import type { ContextCache, ContextMessage } from 'nestjs-redis-hub/context';
import type { RedisTestServer } from '../test/support/redis-server.js';
import { openContext, type ContextBed } from './context-bed.js';
import { printLimit } from './limits.js';
import { spreadOf, textOf } from './statistics.js';

const SIZES = [100, 100, 1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 15;
const CALLS = 200;
const FILLED_AT_ONCE = 1_000;
/** The longest chat takes about a hundred megabytes of the server, and as many again while it is filled. */
const ROOM_BYTES = 1e9;
const GROWTH_LIMIT = 1.2;

interface Chat {
  readonly id: string;
  readonly size: number;
  readonly bed: ContextBed;
}

const OPERATIONS: Readonly<Record<string, (context: ContextCache, chat: string, n: number) => Promise<unknown>>> = {
  append: (context, chat, n) => context.append(chat, smallMessage(n)),
  recent: (context, chat) => context.recent(chat, 20),
  window: (context, chat) => context.window(chat, { maxTokens: 400 }),
  page: (context, chat) => context.page(chat, { limit: 20 }),
};

/** What a call costs the server, by its own count, as a chat grows: full chats, so that each append trims one message. */
export async function benchGrowth(server: RedisTestServer): Promise<void> {
  process.stdout.write(
    '\nµs of the server a call, by the length of the chat: median (10th-90th), and to that of 100\n',
  );
  const sizes = SIZES.filter((size) => size < 1_000_000 || freemem() > ROOM_BYTES);
  const chats = await Promise.all(sizes.map((size, at) => fill(server, `chat-${at}`, size)));
  for (const operation of Object.keys(OPERATIONS)) {
    const costs = new Map(chats.map((chat) => [chat, [] as number[]]));
    for (const chat of chats) await costOf(server, operation, chat);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const chat of chats) costs.get(chat)?.push(await costOf(server, operation, chat));
    }
    printGrowth(operation, costs);
  }
  await Promise.all(chats.map(({ bed }) => bed.close()));
}

function printGrowth(operation: string, costs: ReadonlyMap<Chat, readonly number[]>): void {
  const [base = [], control = [], ...others] = costs.values();
  const ratioOf = (figures: readonly number[]): number[] => figures.map((figure, round) => figure / (base[round] ?? 0));
  const sizes = [...costs.keys()].map(({ size }) => size);
  process.stdout.write(
    `${operation.padEnd(8)} ${textOf(spreadOf(base))}  control ${textOf(spreadOf(ratioOf(control)))}`,
  );
  const ratios = others.map((figures) => spreadOf(ratioOf(figures)));
  for (const [at, ratio] of ratios.entries()) process.stdout.write(`  ${sizes[at + 2]}: ${textOf(ratio)}`);
  process.stdout.write('\n');
  printLimit(
    `at most ${GROWTH_LIMIT}`,
    ratios.every(({ median }) => median <= GROWTH_LIMIT),
  );
}

async function costOf(server: RedisTestServer, operation: string, { id, size, bed }: Chat): Promise<number> {
  await server.command('CONFIG', 'RESETSTAT');
  for (let n = 0; n < CALLS; n += 1) await OPERATIONS[operation]?.(bed.context, id, size + n);
  const stats = String(await server.command('INFO', 'commandstats'));
  const scripts = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+),usec=(\d+)/g)];
  const sum = (at: 1 | 2): number => scripts.reduce((total, match) => total + Number(match[at]), 0);
  return sum(2) / sum(1);
}

async function fill(server: RedisTestServer, id: string, size: number): Promise<Chat> {
  const bed = await openContext(server.url, 'ioredis', { maxMessages: size, countTokens: 'estimate' });
  for (let n = 0; n < size; n += FILLED_AT_ONCE) {
    const count = Math.min(FILLED_AT_ONCE, size - n);
    await bed.context.append(
      id,
      Array.from({ length: count }, (_, at) => smallMessage(n + at)),
    );
  }
  return { id, size, bed };
}

function smallMessage(n: number): ContextMessage {
  return { role: 'user', content: `message ${n}`, id: `m${n}` };
}
