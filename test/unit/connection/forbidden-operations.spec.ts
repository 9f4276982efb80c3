import { jest } from '@jest/globals';
import { ForbiddenOperations } from '../../../lib/connection/forbidden-operations.js';

describe('ForbiddenOperations', () => {
  const operations = new ForbiddenOperations();

  afterEach(() => jest.restoreAllMocks());

  it('knows of what was forbidden until it is allowed', () => {
    operations.forbidden('set');
    operations.forbidden('get');
    operations.allowed('set');
    expect(operations.isAny).toBe(true);
    operations.allowed('get');
    expect(operations.isAny).toBe(false);
  });

  it('takes no offence at the questions of its own', () => {
    operations.forbidden('ping');
    operations.forbidden('info');
    expect(operations.isAny).toBe(false);
  });

  it('forgets what is asked for no more', () => {
    operations.forbidden('del');
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now + 59_000);
    expect(operations.isAny).toBe(true);
    jest.spyOn(performance, 'now').mockReturnValue(now + 61_000);
    expect(operations.isAny).toBe(false);
  });
});
