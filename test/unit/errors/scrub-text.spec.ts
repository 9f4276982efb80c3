import { describe, expect, it } from '@jest/globals';
import { oneLine, scrubText } from '../../../lib/errors/scrub-text.js';

describe('scrubText', () => {
  it.each([
    ['connect to redis://user:pass@cache.local:6379/0 failed', 'connect to redis://cache.local:6379 failed'],
    ['rediss://:p%40ss@[::1]:6380/2?family=6', 'rediss://[::1]:6380'],
    ['redis://u:p@a:1,u:p@b:2', 'redis://b:2'],
    ['redis://u:p@ss@word@host:6379', 'redis://host:6379'],
    ['redis://u:pa/ss?w#d@host:6379', 'redis://host:6379'],
    ['redis://user:my pass word@host:6379 is bad', 'redis://host:6379 is bad'],
    ['unix://u:pass@/run/redis.sock?db=1', 'unix:///run/redis.sock'],
    ['postgres://app:pass@db/app', 'postgres://db'],
    ['redis://u:pass', 'redis://***'],
    ['"redis://host:6379", then more', '"redis://host:6379 then more'],
    ['https://u:pass@example.com/a?token=x', 'https://example.com'],
    ["Invalid URL '//u:pass@host'", "Invalid URL '//host'"],
  ])('reduces the URL in %j', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
  });

  it.each([
    '    at file:///app/node_modules/@scope/pkg/index.js:1:2',
    'see https://redis.io/docs/@latest/acl for more',
    'connect ECONNREFUSED 127.0.0.1:6379',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'ERR Client sent AUTH, but no password is set',
    'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used',
  ])('leaves %j alone', (text) => {
    expect(scrubText(text)).toBe(text);
  });

  it.each([
    ["ERR unknown command 'FOO', with args beginning with: 'my value' ", "ERR unknown command 'FOO'"],
    ['Command queue state error. Last reply: stored value', 'Command queue state error. Last reply: …'],
    [`Unexpected token 's', "secret val" is not valid JSON`, `Unexpected token 's', the text is not valid JSON`],
    [
      "NOGROUP No such key 'chat:42' or consumer group 'g' in XREADGROUP with GROUP option",
      "NOGROUP No such key '…' or consumer group '…' in XREADGROUP with GROUP option",
    ],
    ['HELLO 3 AUTH alice opensesame SETNAME x', 'HELLO 3 AUTH *** SETNAME x'],
    ['"AUTH" "alice" "open sesame"', 'AUTH ***'],
    ["args: [ 'auth', 'opensesame' ]", 'args: [ AUTH *** ]'],
    ['*3\\r\\n$4\\r\\nAUTH\\r\\n$5\\r\\nalice\\r\\n$10\\r\\nopensesame\\r\\n', '*3\\r\\n$4\\r\\nAUTH ***\\r\\n'],
  ])('cuts what %j echoes', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
  });

  it('masks a short secret where it stands as a word, and leaves the letters of other words', () => {
    expect(scrubText('key a of a table', ['a'])).toBe('key *** of *** table');
  });

  it('ignores empty secrets and what is no text', () => {
    expect(scrubText('nothing to hide', ['', undefined as unknown as string])).toBe('nothing to hide');
  });

  it('takes a long hostile text in a short time', () => {
    const started = performance.now();
    for (const piece of ['redis://u:', 'AUTH ', 'a://', '"auth" ', "key '", '//x@']) scrubText(piece.repeat(2_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('oneLine', () => {
  it('replaces line breaks and control characters, and bounds the length', () => {
    expect(oneLine('a\r\nb\u0000\u2028c', 10)).toBe('a b c');
    expect(oneLine('abcdef', 4)).toBe('abc…');
  });
});
