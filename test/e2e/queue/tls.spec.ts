import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, until } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TlsFiles } from '../../support/tls-files.js';
import { startQueueApp } from './queue-app.js';

describeEachDriver('queues over TLS', (driver) => {
  let files: TlsFiles;
  let server: RedisTestServer;
  let sentinel: ProcessSentinel;

  beforeEach(async () => {
    files = new TlsFiles();
    server = await RedisTestServer.start({ tls: { ...files.show(files.server), authClients: true } });
    sentinel = ProcessSentinel.start();
  });

  afterEach(async () => {
    await sentinel.assertQuiet();
    await sentinel.stop();
    await server.stop();
    files.remove();
  });

  it('work on sockets that each show the certificate, also after the server renewed its own', async () => {
    const app = await startQueueApp({ url: server.url, tls: files.as(files.client), driver });
    const events = app.listen();
    await events.waitUntilReady();
    await app.worker.waitUntilReady();
    // The port lets nobody in without TLS and a certificate.
    expect(app.redis.sockets).toEqual({ client: 1, 'queue-worker': 1, 'queue-events': 1 });
    expect(await server.clientCount()).toBe(3);

    const first = until(events, 'completed');
    await app.queue.add('job', { n: 1 });
    await first;

    files.show(files.renewed);
    await server.restart();
    await eventually(async () => (await server.clientCount()) === 3, { timeoutMs: 10_000, what: 'all of them back' });
    const second = until(events, 'completed', { timeoutMs: 10_000 });
    await app.queue.add('job', { n: 2 });
    await second;
    expect([...app.log.runs]).toEqual([
      [1, 1],
      [2, 1],
    ]);

    await app.close();
    await eventually(async () => (await server.clientCount()) === 0, { what: 'no socket left' });
  }, 30_000);
});
