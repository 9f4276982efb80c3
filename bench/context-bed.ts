import { NestFactory } from '@nestjs/core';
import { RedisModule, type RedisDriverName } from 'nestjs-redis-hub';
import { ContextCache, ContextModule, type ContextMessage, type ContextModuleOptions } from 'nestjs-redis-hub/context';

const MESSAGE_BYTES = 560;
/** Long chats are filled by long turns. */
const PATIENCE_MS = 30_000;
const WORDS = 'the answer to your question is in the second chapter where it says that each of them may be asked once ';

/** A Nest app with a chat context, as the documentation shows one. */
export interface ContextBed {
  readonly context: ContextCache;
  readonly close: () => Promise<void>;
}

export async function openContext(
  url: string,
  driver: RedisDriverName,
  options: ContextModuleOptions,
): Promise<ContextBed> {
  const app = await NestFactory.createApplicationContext(
    {
      module: class Bench {},
      imports: [RedisModule.forRoot({ url, driver, commandTimeoutMs: PATIENCE_MS }), ContextModule.forRoot(options)],
    },
    { logger: false },
  );
  return { context: app.get(ContextCache), close: () => app.close() };
}

/** A message of 560 B as JSON, its id included. */
export function messageOf(n: number): ContextMessage {
  const message = {
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: '',
    id: `m${String(n).padStart(9, '0')}`,
  } as const;
  return { ...message, content: textOf(MESSAGE_BYTES - JSON.stringify(message).length) };
}

function textOf(length: number): string {
  return WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length);
}
