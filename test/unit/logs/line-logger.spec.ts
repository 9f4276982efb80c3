import { LineLogger } from '../../../lib/utils/line-logger.js';

const HOSTILE = [
  ['a line end', 'a\nb'],
  ['two', 'a\r\nb'],
  ['a line separator', 'a\u2028b'],
  ['a paragraph separator', 'a\u2029b'],
  ['a next line', 'a\u0085b'],
  ['a null', 'a\0b'],
  ['a bell', 'a\u0007b'],
  ['a start of an escape sequence', 'a\u001bb'],
  ['its form of one character', 'a\u009bb'],
  ['a backspace', 'a\u0008b'],
  ['an override of the direction', 'a\u202eb'],
  ['an isolate', 'a\u2066b'],
] as const;

describe('LineLogger', () => {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const log = new LineLogger({ log: write, warn: write, error: write });
  beforeEach(() => written.splice(0));

  it.each(HOSTILE)('writes one line of a text with %s', (_what, text) => {
    log.log(text);
    log.warn(text);
    log.error(text);
    expect(written).toEqual(['a b', 'a b', 'a b']);
  });

  it('leaves other alphabets and signs as they are, and cuts what is too long', () => {
    log.log('日本 ünï 🌸👩‍🚀');
    log.log('x'.repeat(100_000));
    expect(written[0]).toBe('日本 ünï 🌸👩‍🚀');
    expect(written[1]).toHaveLength(2_000);
  });
});
