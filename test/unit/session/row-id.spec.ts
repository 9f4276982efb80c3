import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { idOfRow, rowIdOf } from '../../../lib/session/postgres/row-id.js';
import { encodeId } from '../../../lib/utils/encode-id.js';

/** Any UTF-16, half characters too. */
const texts = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 1_024 })
  .map((codes) => String.fromCharCode(...codes));

describe('rowIdOf', () => {
  it('leaves ids of usual length percent-encoded', () => {
    for (const id of ['a', 'x'.repeat(1_024), '*', '\0', '😀'.repeat(100)]) expect(rowIdOf(id)).toBe(encodeId(id));
  });

  it('gives text that an index takes, and that leads back to the id', () => {
    fc.assert(
      fc.property(texts, (id) => {
        const row = rowIdOf(id);
        expect(idOfRow(row)).toBe(id);
        expect(row).toMatch(/^[\x21-\x7e]*$/);
        expect(row.length).toBeLessThan(2_600);
      }),
      { numRuns: 200 },
    );
  });

  it('does not take one for another', () => {
    const long = '漢'.repeat(1_024);
    const rows = [long, `${long.slice(1)}字`, long.slice(1), `\0${long.slice(1)}`].map(rowIdOf);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it.each(['%~', '%~0', '%~000', '%~~~~~~', '%~é', '%', '%4', 'a b', '%~21'])('gives no id for %j', (text) => {
    expect(idOfRow(text)).toBeUndefined();
  });
});
