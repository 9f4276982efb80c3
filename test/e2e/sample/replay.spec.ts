import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RedisTestServer } from '../../support/redis-server.js';
import { SampleApp } from './sample-app.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface ReplayEnd {
  readonly code: number | null;
  readonly output: string;
}

/** `npm run sample:replay` with these arguments. */
function replay(turns: number, env: Readonly<Record<string, string>> = {}): Promise<ReplayEnd> {
  const child = spawn(process.execPath, ['scripts/replay.mjs', '--turns', String(turns)], {
    cwd: ROOT,
    env: { ...process.env, SAMPLE_URL: '', REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** Passes everything on to the sample, but forgets the last message of each chat that it is asked for. */
async function startForgetfulProxy(target: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const server: Server = createServer((incoming, outgoing) => pass(incoming, outgoing, target));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string): void {
  const { method, url = '', headers } = incoming;
  const forgets = method === 'GET' && url.endsWith('/messages');
  const further = request(target + url, { method, headers }, (answer) => {
    if (forgets) return void forget(answer, outgoing);
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  further.on('error', () => outgoing.destroy());
  incoming.pipe(further);
}

async function forget(answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const view = JSON.parse(Buffer.concat(chunks).toString()) as { messages: unknown[] };
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ ...view, messages: view.messages.slice(0, -1) }));
}

describe('the replay of a recorded conversation', () => {
  const stops: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  it('finds every message, job and answer of several chats at a time', async () => {
    const { code, output } = await replay(27);

    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringContaining('Everything that was sent is there.'),
    });
    for (const what of ['messages stored', 'answers told', 'jobs done', 'messages of the context']) {
      expect(output).toMatch(new RegExp(`ok +${what}`));
    }
    expect(output).not.toContain('DIFFERS');
  });

  it('ends with status 1 where a message is missing', async () => {
    const redis = await RedisTestServer.start();
    stops.push(() => redis.stop());
    const app = await SampleApp.start({ REDIS_URL: redis.url });
    stops.push(() => app.stop());
    const proxy = await startForgetfulProxy(app.url);
    stops.push(() => proxy.stop());

    const { code, output } = await replay(2, { SAMPLE_URL: proxy.url, REDIS_URL: redis.url });

    expect(code).toBe(1);
    expect(output).toMatch(/DIFFERS messages of the windows: 21 of 28/);
    expect(output).toMatch(/ok +jobs done, by Redis: 14 of 14/);
  });
});
