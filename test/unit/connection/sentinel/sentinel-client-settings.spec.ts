import { toRedisSettings } from '../../../../lib/config/to-redis-settings.js';
import { sentinelClientSettings } from '../../../../lib/connection/sentinel/sentinel-client-settings.js';
import type { RedisModuleOptions } from '../../../../lib/interfaces/redis-options.interface.js';
import type { RedisSettings } from '../../../../lib/interfaces/redis-settings.interface.js';

const NODE = { host: '10.0.0.9', port: 26_379 };

function settingsOf(options: RedisModuleOptions, sentinel: object = {}): RedisSettings {
  const settings = toRedisSettings({ ...options, sentinel: { name: 'm', nodes: [NODE], ...sentinel } });
  if (settings.sentinel === undefined) throw new Error('no sentinel');
  return sentinelClientSettings(settings, settings.sentinel);
}

describe('sentinelClientSettings', () => {
  it('has the login of the sentinels, and nothing of the server', () => {
    const settings = settingsOf(
      {
        username: 'app',
        password: 'server-s3cret',
        db: 3,
        ioredis: { family: 6, sentinelPassword: 'other-s3cret', connectionName: 'app', readOnly: true },
        nodeRedis: { RESP: 2, credentialsProvider: { password: 'third-s3cret' }, clientSideCache: {}, name: 'app' },
      },
      { username: 'guide', password: 'guide-pass' },
    );
    expect(settings).toMatchObject({ endpoint: NODE, username: 'guide', password: 'guide-pass', db: 0 });
    expect(settings.ioredis).toEqual({ family: 6 });
    expect(settings.nodeRedis).toEqual({ RESP: 2 });
    expect(settings.sentinel).toBeUndefined();
    expect(JSON.stringify(settings)).not.toContain('s3cret');
  });

  it('has no login where the sentinels have none', () => {
    const settings = settingsOf({ username: 'app', password: 'server-s3cret' });
    expect(settings).not.toHaveProperty('username');
    expect(settings).not.toHaveProperty('password');
  });

  it('speaks TLS exactly where the sentinels do', () => {
    const tls = { servername: 'redis.example' };
    const drivers = {
      ioredis: { tls: { minVersion: 'TLSv1.3' } },
      nodeRedis: { socket: { tls: true, noDelay: true } },
    };
    const same = settingsOf({ tls, ...drivers });
    expect(same.tls).toEqual(tls);
    expect(same.ioredis).toEqual(drivers.ioredis);
    const plain = settingsOf({ tls, ...drivers }, { tls: false });
    expect(plain).not.toHaveProperty('tls');
    expect(plain.ioredis).toEqual({});
    expect(plain.nodeRedis).toEqual({ socket: { noDelay: true } });
  });
});
