import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentedUsers, type DocumentedUser } from '../../support/documented-users.js';
import { describeEachDriver, type TestDriver } from '../../support/drivers.js';
import { RedisTestServer } from '../../support/redis-server.js';
import { play, STORIES } from './stories.js';

const USERS = documentedUsers();

/** What the page calls a question that may be forbidden, by the part that can do without it. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  service: ['client|info', 'role'],
  'session-memory': ['ping', 'client|info', 'role', 'info'],
  session: ['ping', 'client|info', 'role', 'info'],
  context: ['ping', 'client|info', 'role'],
  queue: ['ping', 'client|info', 'role', 'info'],
  health: ['client|info', 'role'],
};

/** Whose line it adds to: that those are needed is shown there, where no tier stands in for what is refused. */
const ADDS_TO: Readonly<Record<string, string>> = { session: 'session-memory' };

/** What only the other driver asks for: node-redis loads a script, ioredis sends its source. */
const UNUSED: Readonly<Record<TestDriver, readonly string[]>> = {
  ioredis: [],
  'node-redis': ['eval'],
};

function userNamed(name: string): DocumentedUser {
  const user = USERS.get(name);
  if (user === undefined) throw new Error(`docs/ACL.md has no user named ${name}`);
  return user;
}

/** What BullMQ's scripts call. Those of its relay serve no queue. */
function commandsOfBullMQ(): Set<string> {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('bullmq'))), 'scripts');
  const files = readdirSync(folder).filter((file) => file.endsWith('.js') && !file.startsWith('relay'));
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const calls = text.matchAll(/(?:rcall|redis\.p?call)\(\s*["']([A-Za-z]+)["']/g);
  const variables = text.matchAll(/(?:[cC]ommand|[cC]md)\w*\s*(?:=|and|or)\s*["']([A-Za-z]+)["']/g);
  return new Set([...calls, ...variables].map(([, command = '']) => command.toLowerCase()));
}

/** A server of its own for each play, so that many can be on at once: to be refused takes a queue its deadline. */
async function playAs(name: string, rules: readonly string[], driver: TestDriver): Promise<unknown> {
  const server = await RedisTestServer.start({ acl: [[name, ...rules.slice(1)].join(' ')] });
  const url = `redis://${name}:${userNamed(name).password}@${server.host}:${server.port}`;
  const seen = await play(name, driver, url, (...command) => server.command(...command));
  await server.stop();
  return seen;
}

describeEachDriver('a user with the least rights', (driver) => {
  describe.each(Object.keys(STORIES))('%s', (name) => {
    const user = userNamed(name);
    const questions = QUESTIONS[name] ?? [];
    const inScripts = name === 'queue' ? commandsOfBullMQ() : new Set<string>();
    const shownElsewhere = ADDS_TO[name] === undefined ? [] : userNamed(ADDS_TO[name]).commands;
    const others = new Set([...questions, ...inScripts, ...UNUSED[driver], ...shownElsewhere]);
    const needed = user.commands.filter((command) => !others.has(command));
    const without = (commands: readonly string[]): Promise<unknown> =>
      playAs(name, [...user.rules, ...commands.map((command) => `-${command}`)], driver);
    let unconfined: unknown;
    let refused: ReadonlyMap<string, unknown>;

    beforeAll(async () => {
      unconfined = await playAs(name, [name, 'on', `>${user.password}`, '~*', '&*', '+@all'], driver);
      const plays = needed.map(async (command) => [command, await without([command])] as const);
      refused = new Map(await Promise.all(plays));
    });

    it('does everything that a user without bounds does', async () => {
      if (unconfined instanceof Error) throw unconfined;
      expect(await playAs(name, user.rules, driver)).toEqual(unconfined);
    });

    it('does so without the questions that may be forbidden', async () => {
      expect(await without(questions)).toEqual(unconfined);
    });

    it.each(needed)('needs %s', (command) => {
      expect(refused.get(command)).not.toEqual(unconfined);
    });
  });
});

/** What the scripts in a folder of the library call. */
function commandsOfScripts(folder: string): Set<string> {
  const files = readdirSync(join(process.cwd(), 'lib', folder)).filter((file) => file.endsWith('.ts'));
  const text = files.map((file) => readFileSync(join(process.cwd(), 'lib', folder, file), 'utf8')).join('\n');
  return new Set([...text.matchAll(/redis\.p?call\('([A-Z]+)'/g)].map(([, command = '']) => command.toLowerCase()));
}

describe('the page of least rights', () => {
  it.each(['session', 'context'])('lets %s do what its scripts call', (folder) => {
    expect(userNamed(folder).commands).toEqual(expect.arrayContaining([...commandsOfScripts(folder)]));
  });

  it('lets sessions do more only for what their scripts call', () => {
    const called = commandsOfScripts('session');
    const basic = userNamed('session-memory').commands;
    const more = userNamed('session').commands.filter((command) => !basic.includes(command));
    // The only one that is no script's: whether any change is noted for a shared tier.
    expect(more.filter((command) => !called.has(command))).toEqual(['exists']);
  });

  it('gives sessions on a cluster the same, and what finds the nodes', () => {
    const [, text = ''] = /^user session (.+)$/m.exec(readFileSync('docs/ACL.md', 'utf8')) ?? [];
    const onOne = ['session', ...text.split(' ').filter((rule) => !rule.startsWith('+cluster|'))];
    expect(onOne.map((rule) => rule.replace('<password>', userNamed('session').password))).toEqual(
      userNamed('session').rules,
    );
    expect(text.match(/\+cluster\|\w+/g)).toEqual(['+cluster|slots', '+cluster|info']);
  });

  it('lets a queue do what the scripts of BullMQ call, and no more', () => {
    const { commands } = userNamed('queue');
    const called = commandsOfBullMQ();
    expect(commands).toEqual(expect.arrayContaining([...called]));
    const others = ['ping', 'info', 'eval', 'evalsha', 'multi', 'exec', 'bzpopmin', 'xread'];
    const rest = commands.filter((command) => !called.has(command) && !command.includes('|') && command !== 'role');
    expect(rest.toSorted()).toEqual(others.toSorted());
  });

  it('adds the lines up to the one for all', () => {
    const all = userNamed('app');
    const parts = [...USERS.values()].filter(({ name }) => name !== 'app' && name !== 'default');
    const isRight = (rule: string): boolean => /^[~&+]/.test(rule);
    const sum = new Set(parts.flatMap(({ rules }) => rules.filter(isRight)));
    expect(all.rules.filter(isRight).toSorted()).toEqual([...sum].toSorted());
  });

  it.each([
    ['user default off', 0],
    ['user default off ~* &* +@all', 1],
  ])('tells what becomes of scripts after "%s" and a restart', async (line, kept) => {
    const server = await RedisTestServer.start({ appendonly: true, acl: [], config: [line] });
    await server.command('EVAL', "redis.call('SET', KEYS[1], 1) redis.call('SET', KEYS[2], 1)", 2, 'a', 'b');
    await server.restart();
    const version = /redis_version:(\d+)/.exec(String(await server.command('INFO', 'server')))?.[1];
    // Later versions may have mended it; what the page advises must hold with all.
    if (kept === 1 || version === '7') expect(await server.command('EXISTS', 'a')).toBe(kept);
    await server.stop();
  });
});
