import { defineScript } from '../../../lib/commands/define-script.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { nextChange, recordStates, untilState } from '../connection/bench.js';
import { CLUSTER_FAST, ClusterBench } from './cluster-bench.js';
import { Load } from './load.js';

const BOTH = defineScript('both', "return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}");

describeEachDriver('a cluster whose nodes move, die or freeze', (driver) => {
  const bench = new ClusterBench(driver);

  it('loses and fails no command while slots are moved under load', async () => {
    const redis = await bench.open(bench.address);
    const states = recordStates(redis);
    const load = new Load(redis.commands, { callers: 16, keyOf: (caller) => `{tag-${caller % 4}}:${caller}` });
    const masters = await bench.cluster.masters();
    for (let round = 0; round < 3; round += 1) {
      for (const tag of ['{tag-0}', '{tag-1}', '{tag-2}', '{tag-3}']) {
        const owner = await bench.cluster.masterOf(tag);
        await bench.cluster.moveSlot(tag, masters[(masters.indexOf(owner) + 1) % masters.length]!);
      }
    }
    await load.stop();
    expect(load.errors.map(({ error }) => error.message)).toEqual([]);
    expect([...load.lost, ...load.twice]).toEqual([]);
    expect(states).toEqual([]);
    expect(load.calls).toBeGreaterThan(100);
    for (const [key, value] of load.acknowledged) expect(await redis.commands.get(key)).toBe(String(value));
  });

  it('is reconnecting while a master is dead, and goes on soon after its replica was promoted', async () => {
    const redis = await bench.open(bench.address);
    const load = new Load(redis.commands, { pauseMs: 5 });
    await eventually(() => load.calls > 200);
    const dead = await bench.cluster.masterOf('counter-0');
    const lost = nextChange(redis, 'reconnecting');
    await dead.kill();
    expect((await lost).error).toMatchObject({
      redisErrorKind: 'connection-lost',
      message: expect.stringContaining(`The node 127.0.0.1:${dead.port} was lost`),
    });
    await bench.cluster.untilReplaced(dead);
    const promotedAt = performance.now();
    await untilState(redis, 'connected', 10_000);
    const recoveredInMs = performance.now() - promotedAt;
    await load.stop();
    console.info(driver, 'killed', { recoveredInMs, ...load.counts });
    expect(recoveredInMs).toBeLessThan(5_000);
    expect(load.slowestMs).toBeLessThan(CLUSTER_FAST.commandTimeoutMs + 1_000);
    // What a fail-over loses of what was acknowledged is the server's to say: it replicates asynchronously.
    expect(load.twice).toEqual([]);
    expect(await bench.cluster.clientCount()).toBe(3);
  });

  it('answers every call in time while a master is frozen, and goes on soon after the promotion', async () => {
    const redis = await bench.open(bench.address);
    const load = new Load(redis.commands, { pauseMs: 5 });
    await eventually(() => load.calls > 200);
    const frozen = await bench.cluster.masterOf('counter-0');
    const lost = nextChange(redis, 'reconnecting');
    await frozen.freeze();
    expect((await lost).error?.message).toContain(`No answer to PING from 127.0.0.1:${frozen.port} within`);
    await bench.cluster.untilReplaced(frozen);
    const promotedAt = performance.now();
    await untilState(redis, 'connected', 10_000);
    const recoveredInMs = performance.now() - promotedAt;
    await load.stop();
    console.info(driver, 'frozen', { recoveredInMs, ...load.counts });
    expect(recoveredInMs).toBeLessThan(5_000);
    expect(load.slowestMs).toBeLessThan(CLUSTER_FAST.commandTimeoutMs + 1_000);
    // What a fail-over loses of what was acknowledged is the server's to say: it replicates asynchronously.
    expect(load.twice).toEqual([]);
  });

  it('lets a script wait whose keys are just being moved one by one', async () => {
    const redis = await bench.open({ ...bench.address, commandTimeoutMs: 2_000 });
    const keys = Array.from({ length: 20 }, (_, n) => `{moving}:${n}`);
    for (const key of keys) await redis.commands.set(key, '0');
    const owner = await bench.cluster.masterOf('{moving}');
    const [to] = (await bench.cluster.masters()).filter((master) => master !== owner);
    const pairs: Promise<unknown>[] = [];
    await bench.cluster.moveSlot('{moving}', to!, async () => {
      for (const key of keys) pairs.push(redis.commands.runScript(BOTH, [key, '{moving}:new'], []));
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const replies = await Promise.all(pairs);
    expect(replies).toHaveLength(keys.length);
    expect(await redis.commands.get('{moving}:new')).toBe(String(keys.length));
    for (const key of keys) expect(await redis.commands.get(key)).toBe('1');
  });

  it('keeps its connection through an orderly fail-over, and fails no command', async () => {
    const redis = await bench.open({ ...bench.address, commandTimeoutMs: 2_000 });
    const load = new Load(redis.commands, { pauseMs: 2 });
    const [replica] = await bench.cluster.replicas();
    await bench.cluster.failOver(replica!);
    const calls = load.calls;
    await eventually(() => load.calls > calls + 50);
    await load.stop();
    expect(load.errors.map(({ error }) => error.message)).toEqual([]);
    expect([...load.lost, ...load.twice]).toEqual([]);
    expect(redis.state).toBe('connected');
  });

  it('goes on to a new master that is given slots under load, and fails no command', async () => {
    const redis = await bench.open({ ...bench.address, commandTimeoutMs: 2_000 });
    const load = new Load(redis.commands, { callers: 32, keyOf: (caller) => `{new}:${caller}` });
    await eventually(() => load.acknowledged.size === 32);
    const added = await bench.cluster.addMaster();
    await bench.cluster.moveSlot('{new}', added, () => new Promise((resolve) => setTimeout(resolve, 100)));
    const calls = load.calls;
    await eventually(() => load.calls > calls + 200);
    await load.stop();
    expect(load.errors.map(({ error }) => error.message)).toEqual([]);
    expect([...load.lost, ...load.twice]).toEqual([]);
    expect(Number(await added.command('DBSIZE'))).toBe(32);
    expect(redis.state).toBe('connected');
    expect(redis.sockets['client']).toBe(await bench.cluster.clientCount());
  });
});
