import { describe, expect, it } from '@jest/globals';
import { LogWindow } from '../../../lib/utils/log-window.js';

describe('LogWindow', () => {
  it('writes the first lines, and one for the rest', () => {
    const written: string[] = [];
    const window = new LogWindow(2, 1_000_000, (count, last) => written.push(`${count} more, ${last}`));
    for (const line of ['a', 'b', 'c', 'd']) window.pass(line, (text) => written.push(text));
    expect(written).toEqual(['a', 'b']);
    window.end();
    expect(written).toEqual(['a', 'b', '2 more, d']);
    window.pass('e', (text) => written.push(text));
    window.end();
    expect(written).toEqual(['a', 'b', '2 more, d', 'e']);
  });

  it('ends by itself', async () => {
    const told = new Promise<number>((resolve) => {
      const window = new LogWindow(0, 5, resolve);
      window.pass('a', () => undefined);
      setTimeout(() => undefined, 50);
    });
    expect(await told).toBe(1);
  });
});
