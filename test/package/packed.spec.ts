import { PackedApp, pack } from './support/packed-app.js';
import type { DoorAnswer } from './support/packed-app.js';
import { doors, manifest } from './support/repository.js';

/** The peers without which a door cannot load; its error names any one of them that is missing. */
const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  [doorOf('session/express'), ['express-session']],
  [doorOf('session/postgres'), ['pg']],
  [doorOf('context/langchain'), ['@langchain/core']],
  [doorOf('bullmq'), ['@nestjs/bullmq', 'bullmq']],
  [doorOf('health'), ['@nestjs/terminus']],
  [doorOf('metrics'), ['prom-client']],
  [doorOf('otel'), ['@opentelemetry/api']],
]);
const ALL = [...doors.keys()];

interface InstalledApp {
  readonly packages: readonly string[];
  readonly typed: readonly string[];
  /** What a peer's own types want and do not bring. */
  readonly missing?: string;
  /** Peers of another door that these depend on. */
  readonly brings?: readonly string[];
}

/** What is installed besides the tarball, and the doors whose types need no more than that. */
const APPS: readonly InstalledApp[] = [
  { packages: [], typed: [manifest.name, doorOf('session'), doorOf('context'), doorOf('testing')] },
  { packages: ['ioredis'], typed: [manifest.name, doorOf('ioredis')] },
  { packages: ['redis'], typed: [manifest.name, doorOf('node-redis')] },
  { packages: ['express-session', '@types/express-session'], typed: [doorOf('session/express')] },
  { packages: ['@fastify/session', '@fastify/cookie', 'fastify'], typed: [doorOf('session/fastify')] },
  { packages: ['pg'], typed: [doorOf('session/postgres')] },
  {
    packages: ['ai', 'zod'],
    typed: [doorOf('context/ai')],
    missing: '@types/json-schema',
    brings: ['@opentelemetry/api'],
  },
  { packages: ['@langchain/core'], typed: [doorOf('context/langchain')] },
  { packages: ['@nestjs/bullmq', 'bullmq'], typed: [doorOf('bullmq')] },
  { packages: ['@nestjs/terminus'], typed: [doorOf('health')] },
  { packages: ['prom-client'], typed: [doorOf('metrics')], brings: ['@opentelemetry/api'] },
  { packages: ['@opentelemetry/api'], typed: [doorOf('otel')] },
];

describe('the packed tarball', () => {
  let bare: PackedApp;

  beforeAll(async () => {
    bare = await PackedApp.create((await pack()).tarball);
  });

  it('is tested at every door', () => {
    expect(new Set(APPS.flatMap(({ typed }) => typed))).toEqual(new Set(ALL));
  });

  it('exports the module from the root door, and nothing from the type doors', async () => {
    const [root, ...typeDoors] = await bare.load([manifest.name, doorOf('ioredis'), doorOf('node-redis')], 'import');
    expect(root?.exports).toEqual(expect.arrayContaining(['RedisModule', 'RedisService', 'REDIS_CLIENT']));
    expect(typeDoors.map((answer) => answer.exports)).toEqual([[], []]);
  });

  describe.each(APPS)('in an app that has only $packages besides', ({ packages, typed, missing, brings = [] }) => {
    let app: PackedApp;

    beforeAll(async () => {
      app = packages.length > 0 ? await bare.with(...packages) : bare;
    });
    afterAll(async () => {
      if (app !== bare) await app.stop();
    });

    it.each(['import', 'require'] as const)('loads every door whose peers are there, by %s', async (how) => {
      const answers = await app.load(ALL, how);
      const there = [...packages, ...brings];
      const hasPeers = (door: string): boolean => (NEEDED.get(door) ?? []).every((peer) => there.includes(peer));
      expect(answers.filter(isLoaded).map(({ door }) => door)).toEqual(ALL.filter(hasPeers));
      for (const answer of answers.filter((one) => !isLoaded(one))) expectMissingPeer(answer);
    });

    it.each(typed)('compiles with the libraries checked: %s', async (door) => {
      expect(withoutFaultsOf(missing, await app.compile(door))).toBe('');
    });
  });

  it('would be noticed: a door without its peer does not compile', async () => {
    expect(await bare.compile(doorOf('bullmq'))).toContain("'@nestjs/bullmq'");
  });
});

function doorOf(path: string): string {
  return `${manifest.name}/${path}`;
}

/** The compiler's message has a line that says what is wrong, and one that says what to install. */
function withoutFaultsOf(missing: string | undefined, output: string): string {
  if (missing === undefined) return output;
  return output.replace(new RegExp(`^.*\\n.*npm i --save-dev ${missing}\\b.*\\n`, 'gm'), '');
}

function isLoaded({ exports }: DoorAnswer): boolean {
  return exports !== undefined;
}

function expectMissingPeer({ door, code, message }: DoorAnswer): void {
  const named = NEEDED.get(door)?.find((peer) => message?.includes(`'${peer}'`));
  expect({ door, code, message, named }).toEqual({
    door,
    code: 'ERR_MODULE_NOT_FOUND',
    message,
    named: expect.any(String),
  });
}
