import { CompiledLib } from '../../contract/connection/compiled-lib.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { ChildApp, type ChildEnd, type ChildMode } from './child-app.js';

/** The app's own 3 s, and what a busy machine takes for the rest. */
const LIMIT_MS = 4_000;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describeEachDriver('SIGTERM', (driver) => {
  let lib: CompiledLib;
  let server: RedisTestServer;
  let proxy: TcpProxy;
  let child: ChildApp;

  beforeAll(async () => {
    lib = await CompiledLib.create();
  });

  beforeEach(async () => {
    server = await RedisTestServer.start({ appendonly: true });
    proxy = await TcpProxy.start(server);
  });

  afterEach(async () => {
    await child.stop();
    await proxy.stop();
    await server.stop();
  });

  afterAll(() => lib.stop());

  const start = async (mode: ChildMode = 'close'): Promise<void> => {
    child = await ChildApp.start(lib, driver, proxy.url, mode);
  };

  const expectEnd = async (end: ChildEnd): Promise<void> => {
    expect(end.output).not.toContain('complaint');
    expect(end).toMatchObject({ code: 0, signal: null, output: expect.stringContaining('closed\n') });
    expect(end.output).toContain('pending 0');
    expect(end.elapsedMs).toBeLessThan(LIMIT_MS);
  };

  const acknowledged = async (kind: string, wanted: readonly number[]): Promise<number[]> => {
    const answers = await Promise.all(wanted.map(async (n) => ({ n, ok: await child.ask(`${kind}/${n}`) })));
    return answers.filter(({ ok }) => ok).map(({ n }) => n);
  };

  /** What was acknowledged, and the server does not hold. */
  const lost = async (kind: string, acks: readonly number[]): Promise<number[]> => {
    const probe = await server.connect();
    const messages = String(await probe.call('LRANGE', 'dialog:chat:{:c}:m', 0, -1));
    const isKept = async (n: number): Promise<boolean> => {
      if (kind === 'message') return messages.includes(`"m${n}"`);
      const key = kind === 'session' ? `dialog:session:s${n}` : `bull:work:job-${n}`;
      return (await probe.call('EXISTS', key)) === 1;
    };
    const kept = await Promise.all(acks.map(isKept));
    probe.close();
    return acks.filter((_, index) => kept[index] !== true);
  };

  it('ends the process when Redis is well', async () => {
    await start();
    await child.until('state connected');
    const acks = await acknowledged('session', numbers(10));
    await expectEnd(await child.terminate());
    expect(await server.clientCount()).toBe(0);
    expect(acks).not.toEqual([]);
    expect(await lost('session', acks)).toEqual([]);
  });

  it('ends the process when Redis hangs', async () => {
    await start();
    await child.until('state connected');
    await server.freeze();
    await expectEnd(await child.terminate());
    await server.thaw();
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('ends the process when Redis is down', async () => {
    await start();
    await child.until('state connected');
    await server.kill();
    await child.until('state reconnecting');
    await expectEnd(await child.terminate());
  });

  it('ends the process while it connects', async () => {
    proxy.silent();
    await start();
    await child.until('listening');
    await expectEnd(await child.terminate());
  });

  it('ends the process while jobs are at work, and loses none', async () => {
    await start();
    await child.until('state connected');
    const acks = await acknowledged('job', numbers(30));
    await child.until('working');
    await expectEnd(await child.terminate());
    expect(acks).not.toEqual([]);
    expect(await lost('job', acks)).toEqual([]);
    expect(await server.command('LLEN', 'bull:work:active')).toBe(0);
    expect(await server.clientCount()).toBe(0);
  });

  it('ends the process while jobs are at work and Redis hangs', async () => {
    await start();
    await child.until('state connected');
    const acks = await acknowledged('job', numbers(30));
    await child.until('working');
    await server.freeze();
    await expectEnd(await child.terminate());
    await server.thaw();
    expect(await lost('job', acks)).toEqual([]);
  });

  it('replays the changes of an outage before it ends the process', async () => {
    await start();
    await child.until('state connected');
    await server.kill();
    await child.until('state reconnecting');
    const acks = await acknowledged('session', numbers(300));
    expect(acks).not.toEqual([]);
    await server.restart();
    await child.until(/reconnecting[\s\S]*connected/);
    await expectEnd(await child.terminate());
    expect(await lost('session', acks)).toEqual([]);
    expect(await server.clientCount()).toBe(0);
  });

  it.each([1, 3])('under load loses nothing that was acknowledged, sent %d times', async (times) => {
    await start('hooks');
    await child.until('state connected');
    const acks: Record<string, number[]> = { session: [], message: [], job: [] };
    let isRunning = true;
    const load = Object.entries(acks).map(async ([kind, list]) => {
      for (let n = 0; isRunning; n++) if (await child.ask(`${kind}/${n}`)) list.push(n);
    });
    await eventually(() => Object.values(acks).every((list) => list.length >= 20), { timeoutMs: 10_000 });
    const end = await child.terminate(times);
    isRunning = false;
    await Promise.all(load);
    expect(end.output).not.toContain('complaint');
    expect(end.output).toContain('pending 0');
    // a signal that meets a process at its very end finds nobody who would listen
    expect(['0', ...(times > 1 ? ['SIGTERM'] : [])]).toContain(String(end.signal ?? end.code));
    expect(end.elapsedMs).toBeLessThan(LIMIT_MS);
    for (const [kind, list] of Object.entries(acks))
      expect({ kind, lost: await lost(kind, list) }).toEqual({ kind, lost: [] });
    await eventually(async () => (await server.clientCount()) === 0);
  });

  it('during boot ends the process at once', async () => {
    proxy.silent();
    await start('boot');
    await child.until('booting');
    await eventually(() => proxy.open > 0, { timeoutMs: 10_000 });
    const end = await child.terminate();
    expect(end).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(end.elapsedMs).toBeLessThan(1_000);
  });
});
