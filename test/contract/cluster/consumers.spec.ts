import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { nextChange, untilState } from '../connection/bench.js';
import { ContextApp, contents } from '../context/context-app.js';
import { MetricsApp, valueOf } from '../metrics/metrics-app.js';
import { HealthApp } from '../health/health-app.js';
import { SessionApp } from '../session/session-app.js';
import { ClusterBench } from './cluster-bench.js';

const IDS = Array.from({ length: 40 }, (_, n) => `id-${n}`);

describeEachDriver('features on a cluster', (driver) => {
  const bench = new ClusterBench(driver);

  it('keeps sessions on all nodes', async () => {
    const app = await SessionApp.start(driver, undefined, { redis: { ...bench.address, enabled: true } });
    await Promise.all(IDS.map((id) => app.sessions.set(id, { id })));
    expect(await app.sessions.get('id-7')).toEqual({ id: 'id-7' });
    for (const id of IDS) expect(await app.sessions.get(id)).toEqual({ id });
    for (const master of await bench.cluster.masters()) expect(await master.command('DBSIZE')).toBeGreaterThan(2);
    await app.sessions.destroy('id-7');
    expect(await app.sessions.get('id-7')).toBeUndefined();
    await app.stop();
    await bench.untilNoSockets();
  });

  it('serves sessions from memory while a master is dead, and writes them back', async () => {
    const app = await SessionApp.start(driver, undefined, { redis: { ...bench.address, enabled: true } });
    await Promise.all(IDS.map((id) => app.sessions.set(id, { before: id })));
    const dead = await bench.cluster.masterOf('dialog:session:id-1');
    const lost = nextChange(app.connection, 'reconnecting');
    await dead.kill();
    await lost;
    await Promise.all(IDS.map((id) => app.sessions.set(id, { during: id })));
    expect(await app.sessions.get('id-1')).toEqual({ during: 'id-1' });
    await untilState(app.connection, 'connected', 12_000);
    await app.until({ tier: 'redis', degraded: false });
    for (const id of IDS) expect(await app.sessions.get(id)).toEqual({ during: id });
    await app.stop();
  });

  it('keeps a chat in one slot, and chats on all nodes', async () => {
    const app = await ContextApp.start(driver, undefined, {}, { ...bench.address, enabled: true });
    for (const id of IDS) await app.cache.append(id, { role: 'user', content: `of ${id}` });
    await app.cache.append('id-3', { role: 'assistant', content: 'yes' });
    expect(contents(await app.cache.recent('id-3'))).toEqual(['of id-3', 'yes']);
    for (const master of await bench.cluster.masters()) expect(await master.command('DBSIZE')).toBeGreaterThan(2);
    await app.cache.clear('id-3');
    expect(await app.cache.recent('id-3')).toEqual([]);
    await app.stop();
  });

  it('tells metrics of all masters together, and of every socket that they count', async () => {
    const app = await MetricsApp.start({ driver, ...bench.address });
    const text = await app.scrape();
    const of = (name: string, labels = {}): number | undefined =>
      valueOf(text, name, { connection: 'default', ...labels });
    expect(of('redis_up')).toBe(1);
    expect(of('redis_server_role', { role: 'master' })).toBe(3);
    expect(of('redis_connected_replicas')).toBe((await bench.cluster.replicas()).length);
    expect(of('redis_memory_used_bytes')).toBeGreaterThan(3 * 500_000);
    expect(of('redis_connection_pool_size', { purpose: 'client' })).toBe(3);
    await eventually(async () => (await bench.cluster.clientCount()) === 3);
    await app.stop();
  });

  it('tells health of the fullest master, of every socket and of the seeds', async () => {
    const app = await HealthApp.start({ driver, ...bench.address });
    const [, fullest] = await bench.cluster.masters();
    const owned = IDS.map(async (id) => ((await bench.cluster.masterOf(id)) === fullest ? id : undefined));
    const [key] = (await Promise.all(owned)).filter((id) => id !== undefined);
    await fullest!.command('SET', key!, 'x'.repeat(3_000_000));
    const used = Number(/used_memory:(\d+)/.exec(String(await fullest!.command('INFO', 'memory')))?.[1]);
    const { redis } = await app.get();
    expect(redis).toMatchObject({ status: 'up', state: 'connected', role: 'master', sockets: { client: 3 } });
    expect(redis.memory?.usedBytes).toBeGreaterThan(used * 0.8);
    expect(redis.endpoint).toMatch(/^127\.0\.0\.1:\d+,.*\+3$/);
    await app.stop();
  });
});
