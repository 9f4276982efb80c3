import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { SentinelGroup } from '../../support/sentinel-group.js';
import { startLoad, startQueueApp } from '../../e2e/queue/queue-app.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';

describeEachDriver('a queue behind sentinels', (driver) => {
  let group: SentinelGroup;
  let quiet: ProcessSentinel;

  beforeEach(async () => {
    group = await SentinelGroup.start();
    quiet = ProcessSentinel.start();
  });

  afterEach(async () => {
    await quiet.assertQuiet();
    await quiet.stop();
    await group.stop();
  });

  it('runs what was acknowledged once over a fail-over, as far as the new master has it', async () => {
    const app = await startQueueApp({ driver, sentinel: group.address });
    const load = startLoad(app.queue);
    await eventually(() => app.log.runs.size > 20);
    const master = await group.master();
    await master.kill();
    const promoted = await group.promotedAfter(master);
    const before = app.log.runs.size;
    await eventually(() => app.log.runs.size > before + 50, { timeoutMs: 8_000, what: 'work after the fail-over' });
    await load.stop();
    const probe = await promoted.connect();
    const kept: number[] = [];
    for (const n of load.acknowledged) if ((await probe.call('EXISTS', `bull:work:job-${n}`)) === 1) kept.push(n);
    probe.close();
    await eventually(() => kept.every((n) => app.log.runs.has(n)), {
      // One whose start the worker never heard of is held by its lock until that is over.
      timeoutMs: 40_000,
      what: 'every job that was kept',
    });
    console.log(
      `${driver}: ${load.acknowledged.size} acknowledged, ${kept.length} kept, ${app.log.runTwice.length} twice, `
        + `${load.rejections.length} refused`,
    );
    expect(load.acknowledged.size - kept.length).toBeLessThan(10);
    // A job that ran, and whose end the new master never heard of, runs again there.
    expect(app.log.runTwice.length).toBeLessThan(6);
    expect(app.redis.sockets).toMatchObject({ client: 1, sentinel: 1 });
    await app.close();
    await eventually(async () => (await promoted.clientCount()) === 0);
  }, 90_000);
});
