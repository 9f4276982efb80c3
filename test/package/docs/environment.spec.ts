import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { redisOptionsFromEnv } from '../../../lib/config/redis-options-from-env.js';
import { GuideFiles, refusalOf, settingsFrom } from '../support/guide-environment.js';
import type { Environment } from '../support/guide-environment.js';
import { libraryFiles } from '../support/import-graph.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import type { FencedBlock } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';

const README = readPage('README.md');
const GUIDE = readPage('docs/ENV_SETUP_GUIDE.md');

const files = new GuideFiles();
afterAll(() => files.remove());

/** Asked for only to warn that it is none. */
const NOT_OURS = 'REDIS_HOST';

/** Every variable that the code asks for. */
function variablesRead(): string[] {
  const asked = new Set<string>();
  redisOptionsFromEnv((name) => {
    asked.add(name);
    return undefined;
  });
  asked.delete(NOT_OURS);
  return [...asked].toSorted();
}

function variablesIn(text: string): string[] {
  const names = new Set(text.match(/(?<!\w)REDIS_[A-Z_]*[A-Z](?!\w)/g));
  // An injection token, spelt as a variable would be.
  names.delete('REDIS_CLIENT');
  names.delete(NOT_OURS);
  return [...names].toSorted();
}

describe('the variables', () => {
  const read = variablesRead();

  it('are all asked for whatever the others say', () => {
    const sources = libraryFiles().filter((name) => name.startsWith('lib/config/'));
    const literals = sources.flatMap((name) => readFileSync(join(ROOT, name), 'utf8').match(/'REDIS_[A-Z_]+'/g) ?? []);
    expect(variablesIn(literals.join())).toEqual(read);
  });

  it.each([README, GUIDE])('are all in the table of $name', (page) => {
    const listed = tableOf(page, 'variable').rows.flatMap(([names = '']) => codeSpans(names));
    expect(listed.toSorted()).toEqual(read);
  });

  it.each([README, GUIDE])('are the only ones that $name names', ({ text }) => {
    expect(variablesIn(text).filter((name) => !read.includes(name))).toEqual([]);
  });

  it('have the defaults that README.md gives', () => {
    const settings = settingsFrom({ REDIS_URL: 'redis://cache' });
    const rows = tableOf(README, 'variable').rows.filter(([, , value = '']) => value.startsWith('`'));
    const given = Object.fromEntries(
      rows.map(([name = '', , value = '']) => [codeSpans(name)[0], codeSpans(value)[0]]),
    );
    expect(given).toEqual({
      REDIS_DRIVER: settings.driver,
      REDIS_CONNECT_TIMEOUT_MS: String(settings.connectTimeoutMs),
      REDIS_COMMAND_TIMEOUT_MS: String(settings.commandTimeoutMs),
      REDIS_BOOT: settings.boot,
    });
  });

  it('do not include DATABASE_URL, as the guide says', () => {
    expect(read).not.toContain('DATABASE_URL');
    expect(GUIDE.prose).toContain('`DATABASE_URL` is not read');
  });
});

describe('the examples of the guide', () => {
  const examples = GUIDE.blocks.flatMap((block, index) =>
    block.language === 'env' ? [{ ...block, title: block.code.trim().split('\n').join(' '), index }] : [],
  );
  const envOf = ({ code }: FencedBlock): Environment => files.placed(parseEnv(code) as Environment);

  it('are not few', () => {
    expect(examples.length).toBeGreaterThan(7);
    expect(examples.filter(({ note }) => note !== undefined && !note.startsWith('fails: '))).toEqual([]);
  });

  it.each(examples.filter(({ note }) => note === undefined))('are accepted: $title', (example) => {
    const env = envOf(example);
    expect(refusalOf(env)?.message).toBeUndefined();
    expect(settingsFrom(env).enabled).toBe(env['REDIS_ENABLED'] !== 'false');
  });

  it.each(examples.filter(({ note }) => note !== undefined))('are refused where they say so: $title', (example) => {
    const [, kind, fragment = ''] = /^fails: (\S+) (.+)$/.exec(example.note ?? '') ?? [];
    const refusal = refusalOf(envOf(example));
    expect(refusal?.redisErrorKind).toBe(kind);
    expect(refusal?.message).toContain(fragment);
    // the message as a whole, where it is shown
    const next = GUIDE.blocks[example.index + 1];
    if (next?.language === 'text') expect(`${refusal?.message}\n`).toBe(next.code);
  });
});

describe('the common mistakes of the guide', () => {
  const rows = tableOf(GUIDE, 'set').rows.map(([set = '', says = '']) => ({
    pairs: codeSpans(set),
    says: codeSpans(says),
  }));

  it.each(rows)('have this answer: $pairs', ({ pairs, says }) => {
    const env = Object.fromEntries(pairs.map((pair) => /^(\w+)=(.*)$/s.exec(pair)?.slice(1) ?? [])) as Environment;
    const lines = refusalOf(files.placed(env))?.message.split('\n').slice(1);
    expect(lines).toEqual(says.map((line) => `- ${line}`));
  });
});
