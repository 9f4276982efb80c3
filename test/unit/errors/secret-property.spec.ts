import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseRedisUrl } from '../../../lib/config/parse-redis-url.js';
import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import { scrubError } from '../../../lib/errors/scrub-error.js';
import { toRedisError } from '../../../lib/errors/to-redis-error.js';

const HARMLESS = 'a-password-of-no-meaning';

// Passwords that are not part of what the error says anyway: nobody can hide the word `Error`.
const printable = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 });
const letters = Array.from('%@:/?#&\'"`\\ +,=[]{}<>*äß€😀аĀ\u00a0aZ09');
const nasty = fc.string({ unit: fc.constantFrom(...letters), minLength: 4 });
const unpaired = fc.string({ unit: 'binary', minLength: 4, maxLength: 20 });
const passwords = fc.oneof(printable, nasty, unpaired).filter((password) => password.trim().length >= 4);

function shown(error: Error): string {
  const parts = [String(error), error.message, error.stack, inspect(error, { depth: 9 }), JSON.stringify(error)];
  const own = Reflect.ownKeys(error).map((key) => inspect(Reflect.get(error, key)));
  return [...parts, ...own].join('\n');
}

function expectHidden(render: (password: string) => string): void {
  const baseline = render(HARMLESS);
  fc.assert(
    fc.property(passwords, (password) => {
      fc.pre(!baseline.includes(password) && !'***'.includes(password));
      expect(render(password).includes(password)).toBe(false);
    }),
    { numRuns: 300 },
  );
}

function driverError(password: string): Error {
  const error = new Error(`refused: ${password} / ${JSON.stringify({ password })} / ${inspect({ password })}`);
  return Object.assign(error, {
    command: { name: 'hello', args: ['3', 'AUTH', 'default', password] },
    input: `redis://default:${password}@host`,
    cause: new AggregateError([new Error(`inner ${password}`)], `outer ${safely(encodeURIComponent, password)}`),
  });
}

function safely(encode: (text: string) => string, text: string): string {
  try {
    return encode(text);
  } catch {
    return '';
  }
}

describe('no secret leaves', () => {
  it('in the scrubbed copy of an error that holds it in every form', () => {
    expectHidden((password) => shown(scrubError(driverError(password), [password])));
  });

  it('in the RedisError made of it', () => {
    expectHidden((password) => shown(toRedisError(driverError(password), { secrets: [password] })));
  });

  it('in the fault of a URL that cannot be parsed, unencoded as it may be', () => {
    expectHidden((password) => {
      const result = parseRedisUrl(`redis://user:${password}@host:port/x`);
      return 'fault' in result ? result.fault : '';
    });
  });

  it('in a configuration error about every option that may hold it', () => {
    expectHidden((password) => {
      const tls = { ca: password, key: password, cert: password, servername: password };
      const options = {
        url: `redis://u:${password}@h:x`,
        host: `redis://:${password}@h`,
        password,
        username: password,
        tls,
      };
      try {
        return String(toRedisSettings({ ...options, commandTimeoutMs: Number.NaN }));
      } catch (error) {
        return shown(error as Error);
      }
    });
  });
});
