import type { RedisDriverName } from 'nestjs-redis-hub';

/** The measured process: `heap.subject.js DRIVER package|raw URL`; prints its heap in bytes. */
const [driver, kind, url] = process.argv.slice(2) as [RedisDriverName, 'package' | 'raw', string];

const close = kind === 'package' ? await bootPackage() : await bootRaw();
for (let i = 0; i < 4; i++) {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(String(process.memoryUsage().heapUsed));
await close();

/** Both sides load Nest, for every Nest app has it: what is compared is the connection. */
async function bootPackage(): Promise<() => Promise<unknown>> {
  await import('@nestjs/common');
  const { RedisClientFactory } = await import('nestjs-redis-hub');
  const redis = await RedisClientFactory.create({ url, driver });
  await redis.commands.get('a');
  return () => redis.close();
}

async function bootRaw(): Promise<() => Promise<unknown>> {
  await import('reflect-metadata');
  await import('@nestjs/common');
  await import('@nestjs/core');
  if (driver === 'ioredis') {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url);
    await redis.get('a');
    return () => redis.quit();
  }
  const { createClient } = await import('redis');
  const redis = await createClient({ url }).connect();
  await redis.get('a');
  return () => redis.close();
}
