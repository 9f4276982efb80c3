import { EventEmitter } from 'node:events';
import { deferred, eventually, until, withDeadline } from '../../support/eventually.js';

describe('eventually', () => {
  it('gives the first truthy answer, over falsy ones and errors', async () => {
    const answers: (() => unknown)[] = [() => 0, () => Promise.reject(new Error('not yet')), () => 'there'];
    expect(await eventually(() => answers.shift()?.(), { intervalMs: 1 })).toBe('there');
  });

  it('says what it waited for and what it last saw', async () => {
    const waiting = eventually(() => Promise.reject(new Error('still down')), {
      timeoutMs: 5,
      intervalMs: 1,
      what: 'server',
    });
    await expect(waiting).rejects.toThrow('server not met in 5 ms; last seen: still down');
  });
});

describe('until', () => {
  it('gives the arguments of the event that was meant and listens no more', async () => {
    const emitter = new EventEmitter();
    const seen = until<[string]>(emitter, 'state', { where: (state) => state === 'connected' });
    emitter.emit('state', 'connecting');
    emitter.emit('state', 'connected');
    expect(await seen).toEqual(['connected']);
    expect(emitter.listenerCount('state')).toBe(0);
  });

  it('rejects in time and listens no more', async () => {
    const emitter = new EventEmitter();
    await expect(until(emitter, 'state', { timeoutMs: 5 })).rejects.toThrow("event 'state' not settled in 5 ms");
    expect(emitter.listenerCount('state')).toBe(0);
  });
});

describe('withDeadline', () => {
  it('passes on a result and a rejection', async () => {
    const ok = deferred<number>();
    const bad = deferred();
    ok.resolve(1);
    bad.reject(new Error('no'));
    expect(await withDeadline(ok.promise)).toBe(1);
    await expect(withDeadline(bad.promise)).rejects.toThrow('no');
  });
});
