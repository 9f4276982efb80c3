import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withDeadline } from '../support/eventually.js';
import { track } from '../support/resources.js';
import { ROOT } from './support/repository.js';

interface Started {
  readonly address: string;
  readonly redisPid: number | undefined;
  readonly postgresPid: number | undefined;
  /** Asks it to end and gives its exit status. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

async function start(env: Readonly<Record<string, string>>): Promise<Started> {
  const { REDIS_URL: _url, PORT: _port, REDIS_ENABLED: _enabled, DATABASE_URL: _database, ...rest } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: ROOT, env: { ...rest, ...env } });
  track({ stop: () => Promise.resolve(void child.kill('SIGTERM')) });
  const { address, log } = await withDeadline(untilAddress(child), { timeoutMs: 60_000, what: 'start' });
  child.stdout.resume();
  return {
    address,
    redisPid: pidOf('Redis', log),
    postgresPid: pidOf('Postgres', log),
    stop: async (signal) => {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await withDeadline(ended, { timeoutMs: 20_000, what: 'end' }))[0];
    },
  };
}

function pidOf(server: string, log: string): number | undefined {
  return Number(new RegExp(`${server}: started on port \\d+, process (\\d+)`).exec(log)?.[1]) || undefined;
}

async function untilAddress(child: ChildProcess): Promise<{ address: string; log: string }> {
  if (!child.stdout) throw new Error('no output to read');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const address = /The chat is at (\S+?)\/ /.exec(line)?.[1];
    if (address !== undefined) return { address, log: lines.join('\n') };
  }
  throw new Error(`It ended before it gave an address:\n${lines.join('\n')}`);
}

/** Where the chats of who logs in are kept. */
async function tableOf(address: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${address}/login`, { method: 'POST', headers, body: '{"user":"Ada"}' });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const context = await fetch(`${address}/chats/one/context`, { headers: { cookie } });
  const { table } = (await context.json()) as { table: { kind: string; messages: number | null } };
  return `${table.kind}, ${table.messages} messages`;
}

describe('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'serves the chat on a Redis and a Postgres of its own and ends all on %s',
    async (signal) => {
      const { address, redisPid = 0, postgresPid = 0, stop } = await start({});
      expect((await fetch(`${address}/health`)).status).toBe(200);
      const pids = [redisPid, postgresPid];
      for (const pid of pids) expect(process.kill(pid, 0)).toBe(true);
      const { session } = (await (await fetch(`${address}/status`)).json()) as { session: { tier: string } };
      expect(session.tier).toBe('redis');
      expect(await tableOf(address)).toBe('postgres, 0 messages');
      expect(await stop(signal)).toBe(0);
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
      await expect(fetch(address)).rejects.toThrow();
    },
  );

  it('starts no Redis where it is turned off, and keeps logins in Postgres', async () => {
    const { address, redisPid, stop } = await start({ REDIS_ENABLED: 'false' });
    expect(redisPid).toBeUndefined();
    const status = (await (await fetch(`${address}/status`)).json()) as { session: { tier: string } };
    expect(status.session.tier).toBe('postgres');
    expect((await fetch(`${address}/`)).status).toBeLessThan(500);
    expect(await stop('SIGTERM')).toBe(0);
  });
});
