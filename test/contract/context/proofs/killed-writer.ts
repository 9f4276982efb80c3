import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { writeFile } from 'node:fs/promises';
import { deferred, withDeadline } from '../../../support/eventually.js';
import { track, untrack } from '../../../support/resources.js';
import type { TestResource } from '../../../support/resources.js';
import type { CompiledLib } from '../../connection/compiled-lib.js';

/** Appends without a pause to each of some chats, and says each turn that was acknowledged. */
const SCRIPT = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
const [lib, driver, url, name, chats, cap] = process.argv.slice(2);
const { RedisModule } = await import(lib + 'index.js');
const { ContextModule, ContextCache } = await import(lib + 'context/index.js');
const app = await NestFactory.createApplicationContext({
  module: class Writer {},
  imports: [
    RedisModule.forRoot({ driver, url, commandTimeoutMs: 20_000 }),
    ContextModule.forRoot({ maxMessages: Number(cap), ttlMs: 600_000, countTokens: 'estimate' }),
  ],
}, { logger: false });
const context = app.get(ContextCache);
let turns = 0;
const lane = async () => {
  for (;;) {
    const turn = (turns += 1);
    const chat = 'chat-' + (turn % Number(chats));
    const size = 1 + (turn % 5);
    const messages = Array.from({ length: size }, (_, part) => {
      const id = [name, turn, part, size].join('.');
      return { role: 'user', content: id, id };
    });
    const { sequence, stored } = await context.append(chat, messages);
    process.stdout.write(JSON.stringify({ chat, sequence, stored, contents: messages.map(({ id }) => id) }) + '\\n');
  }
};
await Promise.all(Array.from({ length: 16 }, lane));
`;

/** A turn that a writer was told is stored. */
export interface Acknowledged {
  readonly chat: string;
  readonly sequence: number;
  readonly stored: number;
  readonly contents: readonly string[];
}

export interface WriterOptions {
  readonly driver: string;
  readonly url: string;
  readonly name: string;
  readonly chats: number;
  readonly cap: number;
}

/** A process that appends until it is killed. */
export class KilledWriter implements TestResource {
  readonly acknowledged: Acknowledged[] = [];
  private complaints = '';
  private readonly ended: Promise<unknown[]>;
  private heard = deferred();

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    child.stderr?.on('data', (bytes: Buffer) => (this.complaints += bytes.toString()));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      // The last one may have been cut off.
      if (!line.endsWith('}')) return;
      this.acknowledged.push(JSON.parse(line) as Acknowledged);
      this.heard.resolve();
      this.heard = deferred();
    });
  }

  static async provide(lib: CompiledLib): Promise<void> {
    await writeFile(lib.path('killed-writer.mjs'), SCRIPT);
  }

  static start(lib: CompiledLib, { driver, url, name, chats, cap }: WriterOptions): KilledWriter {
    const args = [lib.path('killed-writer.mjs'), `${lib.path('')}/`, driver, url, name, String(chats), String(cap)];
    return track(new KilledWriter(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })));
  }

  /** Until it was told of so many turns. */
  async until(turns: number): Promise<void> {
    const heard = async (): Promise<void> => {
      while (this.acknowledged.length < turns) {
        await Promise.race([this.heard.promise, this.ended.then(() => Promise.reject(new Error(this.complaints)))]);
      }
    };
    await withDeadline(heard(), { timeoutMs: 60_000, what: `${turns} turns of a writer` });
  }

  /** By SIGKILL, whatever it is doing; until its last line was read. */
  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    untrack(this);
  }
}
