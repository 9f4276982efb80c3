import { inspect } from 'node:util';
import { SentinelErrors } from '../../../../lib/connection/sentinel/sentinel-errors.js';
import type { RedisErrorKind } from '../../../../lib/errors/redis-error-kind.js';
import { RedisError } from '../../../../lib/errors/redis.error.js';

const NODES = [1, 2, 3].map((port) => ({ host: '10.0.0.1', port }));
const REFUSED = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:1'), { code: 'ECONNREFUSED' });
const LATE = Object.assign(new Error('no answer within 1000 ms'), { code: 'ETIMEDOUT' });
const WRONG = Object.assign(new Error('WRONGPASS invalid username-password pair s3cret'), { name: 'ReplyError' });
const UNKNOWN = new RedisError({ kind: 'configuration', message: 'knows no group named "m"' });

describe('SentinelErrors', () => {
  const [first, ...others] = NODES;
  const nodes = [first ?? { host: 'h', port: 1 }, ...others] as const;
  const errors = new SentinelErrors({ name: 'm', nodes, password: 's3cret' });
  const noMaster = (...reasons: unknown[]): RedisError =>
    errors.noMaster(reasons.map((reason, at) => ({ node: nodes[at] ?? nodes[0], reason })));

  it.each<[RedisErrorKind, unknown[]]>([
    ['refused', [REFUSED, REFUSED, REFUSED]],
    ['connect-timeout', [LATE, LATE]],
    ['refused', [LATE, REFUSED]],
    ['auth', [REFUSED, WRONG, LATE]],
    ['configuration', [WRONG, REFUSED, UNKNOWN]],
    ['connection-lost', [new Error('something else')]],
  ])('is of kind %s', (kind, reasons) => {
    expect(noMaster(...reasons)).toMatchObject({ redisErrorKind: kind, outcome: 'not-sent', operation: 'connect' });
  });

  it('says what each of them said, and what to do', () => {
    const { message, endpoint } = noMaster(REFUSED, LATE, UNKNOWN);
    expect(message).toContain('10.0.0.1:1 refused, "connect ECONNREFUSED 10.0.0.1:1"; 10.0.0.1:2 connect-timeout');
    expect(message).toContain('10.0.0.1:3 knows no group named "m". Check sentinel.name');
    expect(endpoint).toBe('m (sentinels 10.0.0.1:1, 10.0.0.1:2, 10.0.0.1:3)');
  });

  it('shows no password', () => {
    expect(inspect(noMaster(WRONG), { depth: 9, showHidden: true })).not.toContain('s3cret');
  });
});
