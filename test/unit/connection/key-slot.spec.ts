import { slotOfKey } from '../../../lib/utils/key-slot.js';

describe('the slot of a key', () => {
  it.each([
    ['123456789', 0x31_c3],
    ['foo', 12_182],
    ['{foo}bar', 12_182],
    ['bar{foo}baz{x}', 12_182],
    ['', 0],
    ['é', 10_180],
  ])('of %j is that of the server', (key, slot) => {
    expect(slotOfKey(key)).toBe(slot);
  });

  it.each(['{}foo', 'foo{}{bar}', 'foo{bar', 'foo}bar{'])('of %j is that of the whole key', (key) => {
    expect(slotOfKey(key)).not.toBe(slotOfKey('bar'));
    expect(slotOfKey(key)).not.toBe(slotOfKey(''));
  });

  it('takes the first brace that closes', () => {
    expect(slotOfKey('foo{{bar}}zap')).toBe(slotOfKey('{bar'));
  });
});
