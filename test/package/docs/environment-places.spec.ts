import { parseEnv } from 'node:util';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { GuideFiles, refusalOf, settingsFrom } from '../support/guide-environment.js';
import type { Environment } from '../support/guide-environment.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { containersOf } from '../support/yaml-environment.js';

const GUIDE = readPage('docs/ENV_SETUP_GUIDE.md');
const files = new GuideFiles();
afterAll(() => files.remove());

describe('the YAML of the guide', () => {
  const containers = GUIDE.blocks.flatMap((block, index) => {
    if (block.language !== 'yaml') return [];
    const before = GUIDE.blocks[index - 1];
    const envFile = before?.language === 'env' ? (parseEnv(before.code) as Environment) : {};
    const found = containersOf(block.code, envFile);
    return found.length > 0 ? found : [{ title: `block ${index} has none`, env: {}, files: [] }];
  });

  it('has containers of Compose and of Kubernetes', () => {
    expect(containers.length).toBeGreaterThan(4);
  });

  it.each(containers)('turns Redis on by variables that are accepted: $env', ({ env }) => {
    expect(refusalOf(files.placed(env))?.message).toBeUndefined();
    expect(settingsFrom(files.placed(env)).enabled).toBe(true);
  });

  it.each(containers)('mounts the files that its variables name: $env', ({ env, files: mounted }) => {
    const named = Object.entries(env).filter(([name]) => name.endsWith('_FILE'));
    expect(named.map(([, path]) => path).filter((path) => !mounted.includes(path))).toEqual([]);
  });
});

describe('each variable of the guide, place by place', () => {
  const { header, rows } = tableOf(GUIDE, 'name');
  const places = header.slice(1);
  const values = new Map(rows.map(([name = '', ...cells]) => [codeSpans(name)[0] ?? '', cells.map(firstCode)]));

  it('has every variable', () => {
    const asked = new Set<string>();
    redisOptionsFromEnv((name) => {
      asked.add(name);
      return undefined;
    });
    asked.delete('REDIS_HOST'); // asked for only to warn that it is none of ours
    expect([...values.keys()].toSorted()).toEqual([...asked].toSorted());
  });

  it.each(places)('has a value that is accepted %s', (place) => {
    const column = places.indexOf(place);
    const valueOf = (name: string): string => values.get(name)?.[column] ?? '';
    for (const name of values.keys()) {
      const env = { ...besides(name, valueOf), [name]: valueOf(name) };
      expect({ env, says: refusalOf(files.placed(env))?.message }).toEqual({ env, says: undefined });
    }
  });
});

function firstCode(cell: string): string {
  return codeSpans(cell)[0] ?? '';
}

/** What a variable needs beside it, of the same place. */
function besides(name: string, valueOf: (name: string) => string): Environment {
  const take = (...names: string[]): Environment =>
    Object.fromEntries(names.map((other) => [other, valueOf(other)] as const));
  if (name.startsWith('REDIS_SENTINEL')) {
    const login = name.endsWith('USERNAME') ? take('REDIS_SENTINEL_PASSWORD') : {};
    return { ...take('REDIS_SENTINELS', 'REDIS_SENTINEL_NAME'), ...login };
  }
  if (name === 'REDIS_USERNAME') return take('REDIS_URL', 'REDIS_PASSWORD');
  if (!name.startsWith('REDIS_TLS') || valueOf(name) === 'false') return take('REDIS_URL');
  const pair = /CERT|KEY/.test(name) ? take('REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE') : {};
  return { REDIS_URL: valueOf('REDIS_URL').replace(/^redis:/, 'rediss:'), ...pair };
}
