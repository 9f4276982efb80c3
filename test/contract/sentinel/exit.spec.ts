import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually, withDeadline } from '../../support/eventually.js';
import { SentinelGroup } from '../../support/sentinel-group.js';
import { CompiledLib } from '../connection/compiled-lib.js';

const CHILD = `
const [factory, driver, nodes] = process.argv.slice(2);
const { RedisClientFactory } = await import(factory);
const redis = await RedisClientFactory.create({
  driver, boot: 'degrade', connectTimeoutMs: 20_000, sentinel: { name: 'mymaster', nodes: JSON.parse(nodes) },
});
redis.state$.subscribe(({ to }) => console.log('state', to));
console.log('ready', redis.state);
process.stdin.once('data', async () => {
  process.stdin.destroy();
  const startedAt = performance.now();
  await redis.close();
  console.log('closed', Math.round(performance.now() - startedAt));
});
`;

describeEachDriver('a process whose connection behind sentinels was closed', (driver) => {
  let lib: CompiledLib;
  let group: SentinelGroup;

  beforeAll(async () => {
    lib = await CompiledLib.create();
    await writeFile(lib.path('child.mjs'), CHILD);
    group = await SentinelGroup.start();
  });

  afterAll(async () => {
    await group.stop();
    await lib.stop();
  });

  /** Starts a process, waits for what it says, does something to the group, and has it close. */
  const expectEnd = async (said: string, happen: () => Promise<unknown>): Promise<void> => {
    const nodes = JSON.stringify(group.address.nodes);
    const child = spawn(process.execPath, [lib.path('child.mjs'), lib.path('redis-client.factory.js'), driver, nodes], {
      stdio: 'pipe',
    });
    const exit = once(child, 'exit');
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    try {
      await eventually(() => output.includes(said), { what: `"${said}" in ${output}`, timeoutMs: 8_000 });
      await happen();
      child.stdin.write('close\n');
      const [code] = await withDeadline(exit, { timeoutMs: 6_000, what: `the end of ${output}` });
      expect(code).toBe(0);
      expect(Number(/closed (\d+)/.exec(output)?.[1])).toBeLessThan(3_000);
      expect(output).not.toMatch(/Warning|Error:|Unhandled/);
    } finally {
      child.kill('SIGKILL');
    }
  };

  it('ends by itself when all was well', () => expectEnd('state connected', () => Promise.resolve()));

  it('ends by itself when the sentinels fell silent', async () => {
    await expectEnd('state connected', () => Promise.all(group.sentinels.map((one) => one.freeze())));
  });

  it('ends by itself while it asks sentinels that are silent', async () => {
    await expectEnd('ready connecting', () => Promise.resolve());
    await group.heal();
  });

  it('ends by itself when there are neither sentinels nor a master', async () => {
    await expectEnd('state connected', async () => {
      await Promise.all(group.sentinels.map((one) => one.kill()));
      await Promise.all(group.servers.map((one) => one.kill()));
    });
  });
});
