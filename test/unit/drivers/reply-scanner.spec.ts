import * as fc from 'fast-check';
import { ReplyScanner } from '../../../lib/drivers/reply-scanner.js';

const MIB = 1024 * 1024;

/** Any reply that a server may give. */
const { reply } = fc.letrec<{ reply: string }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.string().map((text) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`),
    fc.integer().map((number) => `:${number}\r\n`),
    fc.constantFrom(
      '+OK\r\n',
      '-ERR no - really\r\n',
      '$-1\r\n',
      '*-1\r\n',
      '_\r\n',
      '#t\r\n',
      ',1.5e-3\r\n',
      '$0\r\n\r\n',
    ),
    fc.string().map((text) => `=${Buffer.byteLength(text) + 4}\r\ntxt:${text}\r\n`),
    fc.array(tie('reply')).map((items) => `*${items.length}\r\n${items.join('')}`),
    fc.array(tie('reply')).map((items) => `~${items.length}\r\n${items.join('')}`),
    fc.array(fc.tuple(tie('reply'), tie('reply'))).map((pairs) => `%${pairs.length}\r\n${pairs.flat().join('')}`),
  ),
}));

/** A reply that is one only where the scanner stands between two replies. */
const TOO_DEEP = '*1\r\n'.repeat(129);

function scan(scanner: ReplyScanner, text: string, sizes: readonly number[] = [text.length]): string | undefined {
  let fault: string | undefined;
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.length && fault === undefined; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    fault = scanner.scan(bytes.subarray(at, at + size));
    at += size;
  }
  return fault;
}

describe('ReplyScanner', () => {
  it('lets every sound reply pass, however it is cut, and knows where it ends', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(reply), sizes, (replies, cut) => {
        const scanner = new ReplyScanner();
        expect(scan(scanner, replies.join(''), cut)).toBeUndefined();
        expect(scan(scanner, TOO_DEEP, cut)).toContain('128 deep');
      }),
    );
  });

  it.each([
    [`$${128 * MIB}\r\n`, undefined],
    [`$${128 * MIB + 1}\r\n`, 'announces a text of more than'],
    [`!${512 * MIB}\r\n`, 'announces a text of more than'],
    [`*2\r\n:1\r\n=${512 * MIB}\r\n`, 'announces a text of more than'],
    [`$1${'0'.repeat(400)}\r\n`, 'announces a text of more than'],
    [`*${2 * MIB}\r\n:1\r\n`, undefined],
    [`*${2 * MIB + 1}\r\n:1\r\n`, 'announces more than'],
    [`%${MIB + 1}\r\n:1\r\n`, 'announces more than'],
    [`*1${'0'.repeat(400)}\r\n:1\r\n`, 'announces more than'],
    ['*1000000\r\n'.repeat(3), 'announces more than'],
    ['*1\r\n'.repeat(128), undefined],
    [TOO_DEEP, '128 deep'],
    ['>1\r\n~1\r\n%1\r\n'.repeat(43), '128 deep'],
    ['$-17\r\n*-9\r\n', undefined],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'not of the Redis protocol'],
    ['$ \r\n', 'not of the Redis protocol'],
    // As drivers read it: 29 999 997 elements.
    ['*3000000-0\r\n', 'not of the Redis protocol'],
    ['*+30000000\r\n', 'not of the Redis protocol'],
    // node-redis reports the first and reads on.
    ['|\r\n*30000000\r\n', 'not of the Redis protocol'],
  ])('says of %p: %p', (text, fault) => {
    const seen = scan(new ReplyScanner(), text, [7]);
    if (fault === undefined) expect(seen).toBeUndefined();
    else expect(seen).toContain(fault);
  });

  it.each(['+', ':', '$', '*2\r\n:1\r\n+'])('ends what begins with %p and never ends', (begin) => {
    const scanner = new ReplyScanner();
    const piece = Buffer.alloc(MIB, '1');
    expect(scan(scanner, begin)).toBeUndefined();
    const faults = Array.from({ length: 140 }, () => scanner.scan(piece));
    expect(faults.slice(0, 90)).toEqual(Array(90).fill(undefined));
    expect(faults.at(-1)).toMatch(/does not end within|more than/);
  });

  it('counts each reply by itself', () => {
    const scanner = new ReplyScanner();
    const large = Buffer.from(`$${MIB}\r\n${'x'.repeat(MIB)}\r\n`);
    for (let count = 0; count < 200; count++) expect(scanner.scan(large)).toBeUndefined();
    for (let count = 0; count < 200; count++)
      expect(scan(scanner, '*50000\r\n' + ':1\r\n'.repeat(50_000))).toBeUndefined();
  });
});
