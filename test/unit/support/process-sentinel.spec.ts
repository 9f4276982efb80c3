import { EventEmitter } from 'node:events';
import { ProcessSentinel } from '../../support/process-sentinel.js';

describe('ProcessSentinel', () => {
  let sentinel: ProcessSentinel;

  beforeEach(() => {
    sentinel = ProcessSentinel.start();
  });
  afterEach(() => sentinel.stop());

  it('is quiet where nothing happened', async () => {
    await expect(sentinel.assertQuiet()).resolves.toBeUndefined();
  });

  it('hears the warning of too many listeners', async () => {
    const emitter = new EventEmitter();
    for (let count = 0; count < 11; count += 1) emitter.on('x', () => undefined);
    await expect(sentinel.assertQuiet()).rejects.toThrow('MaxListenersExceededWarning');
  });

  it('hears nothing after it was stopped', async () => {
    await sentinel.stop();
    process.emitWarning('late');
    await expect(sentinel.assertQuiet()).resolves.toBeUndefined();
  });
});
