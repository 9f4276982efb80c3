import { ConsoleLogger } from '@nestjs/common';
import type { LoggerService } from '@nestjs/common';
import fastify from 'fastify';
import type { Socket } from 'node:net';
import { defineScript } from '../../../lib/commands/define-script.js';
import { describeEachDriver } from '../../support/drivers.js';
import { eventually } from '../../support/eventually.js';
import { RecordingPeer } from '../../support/recording-peer.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { LogApp, WrittenLog } from './log-app.js';

const PASSWORD = 'correct-horse-battery';
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u;

/** What would clear the screen, colour all that follows, or turn it round. */
const SIGNS = 'no\u001b[2J\u009b31m\u202e\u0007';
/** What would be a line of its own. */
const FORGED = `${SIGNS}\nERROR [RedisModule] forged\r\n{"level":"log","message":"forged"}`;
const REFUSALS = {
  simple: `-WRONGPASS refused ${SIGNS}\r\n`,
  long: `!${Buffer.byteLength(`WRONGPASS ${FORGED}`)}\r\nWRONGPASS ${FORGED}\r\n`,
};

/** Refuses whatever it is asked, in these words. */
function refuse(socket: Socket, words: () => string): void {
  socket.on('data', (bytes) => {
    for (const _ of bytes.toString('latin1').matchAll(/^\*\d+\r$/gm)) socket.write(words());
  });
}

/** A logger of the kind of nestjs-pino: the context is a field. */
function pinoLogger(lines: string[]): LoggerService {
  const { log: pino } = fastify({
    logger: { level: 'info', stream: { write: (line: string) => void lines.push(line) } },
  });
  const of = (params: unknown[]): object => ({ context: params.at(-1) });
  return {
    log: (message: string, ...params: unknown[]) => pino.info(of(params), message),
    warn: (message: string, ...params: unknown[]) => pino.warn(of(params), message),
    error: (message: string, ...params: unknown[]) => pino.error(of(params), message),
  };
}

describeEachDriver('The log', (driver) => {
  let server: RedisTestServer;
  let app: LogApp;
  let written: WrittenLog;

  beforeEach(() => {
    written = new WrittenLog();
  });
  afterEach(async () => {
    written.end();
    await app.stop();
    await server.stop();
  });

  const ours = (): { readonly level: unknown; readonly text: string }[] =>
    written
      .records()
      .filter(({ context }) => context === 'RedisModule')
      .map(({ level, message }) => ({ level, text: String(message) }));
  const texts = (): string[] => ours().map(({ text }) => text);

  it('is one JSON object a line, one line a change of state, and folds what repeats', async () => {
    server = await RedisTestServer.start({ password: PASSWORD });
    const proxy = await TcpProxy.start(server);
    const address = `127.0.0.1:${proxy.port}`;
    app = await LogApp.start(new ConsoleLogger({ json: true }), { driver, url: proxy.url });
    const { commands } = app.connection;
    await server.command('SADD', 'hidden-key', 'hidden-value');
    for (let n = 0; n < 30; n += 1) await commands.get('hidden-key').catch(() => undefined);
    await app.during('connected', () => proxy.reset());
    await Promise.all(
      [commands.lrange('hidden-key', 0, 1), commands.get('hidden-key')].map((call) => call.catch(() => 0)),
    );
    for (let n = 0; n < 5; n += 1) await app.during('connected', () => app.connection.discard(new Error('test'), true));
    await app.stop();
    written.end();

    const changes = ours().filter(({ text }) => text.includes('->'));
    const states = /^(\S+): (\w+) -> (\w+) after \d+ ms(?: \[([\w-]+)\] .*)?$/;
    expect(changes.slice(0, 4).map(({ level, text }) => [level, ...(states.exec(text) ?? []).slice(1)])).toEqual([
      ['log', address, 'uninitialized', 'connecting', undefined],
      ['log', address, 'connecting', 'connected', undefined],
      ['error', address, 'connected', 'reconnecting', 'connection-lost'],
      ['log', address, 'reconnecting', 'connected', undefined],
    ]);
    // ten one by one, and the four that followed and the close in one
    expect(changes).toHaveLength(11);
    expect(texts().find((text) => text.includes('more state'))).toMatch(
      /^127\.0\.0\.1:\d+: 5 more state changes within a minute; the last: .*: connected -> closed after \d+ ms$/,
    );

    const failures = ours().filter(({ text }) => / failed after \d+ ms \[wrong|calls failed/.test(text));
    expect(failures.map(({ level }) => level)).toEqual(['error', 'error']);
    expect(failures[0]?.text).toMatch(
      new RegExp(`^${address}: get failed after \\d+ ms \\[wrong-type\\] The key holds`),
    );
    expect(failures[1]?.text).toMatch(
      new RegExp(
        `^${address}: 31 more calls failed within a minute: get \\[wrong-type\\] 30, lrange \\[wrong-type\\] 1$`,
      ),
    );
    for (const line of written.lines) expect(line).not.toMatch(/hidden|correct-horse/);
    await proxy.stop();
  });

  it.each<[string, () => LoggerService]>([
    ['JSON', () => new ConsoleLogger({ json: true })],
    ['text', () => new ConsoleLogger({ colors: false })],
  ])('is not broken or forged by what a hostile server says, as %s', async (form, createLogger) => {
    let words = REFUSALS.simple;
    const peer = await RecordingPeer.start((socket) => refuse(socket, () => words));
    server = await RedisTestServer.start();
    const patience = { connectTimeoutMs: 2_000, boot: 'degrade' } as const;
    app = await LogApp.start(createLogger(), { driver, host: '127.0.0.1', port: peer.port, ...patience });
    await eventually(() => app.connection.state === 'failed');
    words = REFUSALS.long;
    await app.during('failed', () => app.connection.begin());
    await app.stop();
    await peer.stop();
    const evil = defineScript('evil', `return redis.error_reply('READONLY refused ' .. ARGV[1])`);
    app = await LogApp.start(createLogger(), { driver, url: server.url });
    await app.during('reconnecting', () =>
      app.connection.commands.runScript(evil, [], [FORGED]).catch(() => undefined),
    );
    await app.stop();
    written.end();

    const { lines } = written;
    const said = form === 'JSON' ? written.records().map(({ message }) => String(message)) : lines;
    expect(said.filter((text) => /\[(auth|read-only)\] .* (refused|WRONGPASS) no /.test(text)).length).toBeGreaterThan(
      1,
    );
    for (const text of said) expect(text).not.toMatch(BREAKS);
    if (form === 'text') for (const line of lines) expect(line).toMatch(/^\[Nest\] \d+ /);
  });

  it('says what its user may not do, and nothing of questions that are only asked where they may be', async () => {
    server = await RedisTestServer.start({ acl: [`app on >${PASSWORD} ~* +@all -info -get`, 'default off'] });
    const login = { username: 'app', password: PASSWORD };
    app = await LogApp.start(new ConsoleLogger({ json: true }), { driver, url: server.url, ...login });
    const { commands } = app.connection;
    for (const call of [commands.info(), commands.get('hidden')]) await expect(call).rejects.toThrow('NOPERM');
    await app.stop();
    written.end();
    expect(texts().filter((text) => text.includes('permission'))).toEqual([
      expect.stringMatching(/: get failed after \d+ ms \[permission\] The user may not do this/),
    ]);
    expect(texts().join()).not.toMatch(/calls? failed|hidden/);
  });

  it('is one record of pino a line', async () => {
    server = await RedisTestServer.start();
    const lines: string[] = [];
    app = await LogApp.start(pinoLogger(lines), { driver, url: server.url });
    await app.during('reconnecting', () => server.kill());
    await app.connection.commands.get('k').catch(() => undefined);
    await app.stop();
    const records = lines.map(
      (line) => JSON.parse(line) as { readonly level: number; readonly msg: string; readonly context: string },
    );
    const said = records
      .filter(({ context }) => context === 'RedisModule')
      .map(({ level, msg }) => [level, msg.replace(/ after.*| \[.*/, '')]);
    const address = `127.0.0.1:${server.port}`;
    expect(said).toEqual([
      [30, `${address}: uninitialized -> connecting`],
      [30, `${address}: connecting -> connected`],
      [50, `${address}: connected -> reconnecting`],
      [30, `${address}: reconnecting -> closed`],
      [50, `${address}: 1 more call failed within a minute: get`],
    ]);
    for (const line of lines) expect(line.slice(0, -1)).not.toContain('\n');
  });
});
