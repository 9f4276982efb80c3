import { getEventListeners } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ReadyWaiters } from '../../../lib/connection/ready-waiters.js';
import type { RedisClient } from '../../../lib/interfaces/redis-client.interface.js';
import { startDeadline, withDeadline } from '../../../lib/utils/deadline.js';
import { deferred } from '../../support/eventually.js';
import { ProcessSentinel } from '../../support/process-sentinel.js';

const CLIENT = { status: 'ready' } as RedisClient;
const errors = {
  passed: (timeoutMs: number) => new Error(`passed ${timeoutMs}`),
  aborted: (reason: unknown) => new Error(`aborted ${String(reason)}`),
};

describe('ReadyWaiters', () => {
  it('gives all who wait one answer, and is cleared after success', async () => {
    const waiters = new ReadyWaiters(errors);
    const waits = [waiters.join(5_000, undefined), waiters.join(5_000, undefined)];
    expect(waiters.isWaiting).toBe(true);
    waiters.resolve(CLIENT);
    expect(waiters.isWaiting).toBe(false);
    expect(await Promise.all(waits)).toEqual([CLIENT, CLIENT]);
  });

  it('is cleared after a failure, and who comes then waits anew', async () => {
    const waiters = new ReadyWaiters(errors);
    const failed = waiters.join(5_000, undefined);
    waiters.reject(new Error('no'));
    expect(waiters.isWaiting).toBe(false);
    const anew = waiters.join(5_000, undefined);
    waiters.resolve(CLIENT);
    await expect(failed).rejects.toThrow('no');
    expect(await anew).toBe(CLIENT);
  });

  it('ends each wait at its own deadline, and forgets it', async () => {
    const waiters = new ReadyWaiters(errors);
    const patient = waiters.join(5_000, undefined);
    await expect(waiters.join(1, undefined)).rejects.toThrow('passed 1');
    await expect(waiters.join(2, undefined)).rejects.toThrow('passed 2');
    expect(waiters.isWaiting).toBe(true);
    waiters.resolve(CLIENT);
    expect(await patient).toBe(CLIENT);
  });

  it('ends the waits of a signal, and no other', async () => {
    const waiters = new ReadyWaiters(errors);
    const stop = new AbortController();
    const stopped = [waiters.join(5_000, stop.signal), waiters.join(5_000, stop.signal)];
    const other = waiters.join(5_000, new AbortController().signal);
    stop.abort('enough');
    for (const wait of stopped) await expect(wait).rejects.toThrow('aborted enough');
    await expect(waiters.join(5_000, stop.signal)).rejects.toThrow('aborted enough');
    waiters.resolve(CLIENT);
    expect(await other).toBe(CLIENT);
  });

  it('puts one listener on a signal that many share, and takes it off', async () => {
    const sentinel = ProcessSentinel.start();
    const waiters = new ReadyWaiters(errors);
    const { signal } = new AbortController();
    const waits = Array.from({ length: 100 }, () => waiters.join(5_000, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    waiters.resolve(CLIENT);
    await Promise.all(waits);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it('leaves no unhandled rejection where nobody waits', () => {
    new ReadyWaiters(errors).reject(new Error('no'));
  });
});

describe('a deadline', () => {
  it('passes, or is stopped, and gives the outcome of what came first', async () => {
    const late = (): Error => new Error('late');
    expect(await withDeadline(Promise.resolve(1), 1_000, late)).toBe(1);
    await expect(withDeadline(Promise.reject(new Error('own')), 1_000, late)).rejects.toThrow('own');
    await expect(withDeadline(new Promise(() => undefined), 1, late)).rejects.toThrow('late');
    const passed = deferred();
    const stopped = startDeadline(1, () => passed.reject(new Error('was stopped')));
    stopped.stop();
    stopped.stop();
    startDeadline(2, passed.resolve);
    await passed.promise;
  });

  it('takes a longer time than a timer can, without a warning', async () => {
    const sentinel = ProcessSentinel.start();
    for (const ms of [Infinity, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      const deadline = startDeadline(ms, () => {
        throw new Error('fired');
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
      deadline.stop();
    }
    await sentinel.assertQuiet();
    await sentinel.stop();
  });

  it('does not blame a server whose answer is in the socket while the process was busy', async () => {
    let busyMs = 0;
    const server = createServer((socket) =>
      socket.on('data', (bytes: Buffer) => {
        socket.write(bytes);
        const until = performance.now() + busyMs;
        while (performance.now() < until);
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    for (busyMs of [60, 300]) {
      const reply = new Promise<string>((resolve) => socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
      socket.write('answer');
      expect(await withDeadline(reply, 30, () => new Error('blamed the server'))).toBe('answer');
    }
    socket.destroy();
    server.close();
  });
});
