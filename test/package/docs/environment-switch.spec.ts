import { toRedisSettings } from '../../../lib/config/to-redis-settings.js';
import type { RedisModuleOptions } from '../../../lib/interfaces/redis-options.interface.js';
import { refusalOf, refusalOfOptions, settingsFrom } from '../support/guide-environment.js';
import type { Environment } from '../support/guide-environment.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import type { MarkdownTable } from '../support/markdown.js';

const README = readPage('README.md');
const GUIDE = readPage('docs/ENV_SETUP_GUIDE.md');
const URL = { REDIS_URL: 'redis://cache' };
const SENTINELS = { REDIS_SENTINELS: 'one,two', REDIS_SENTINEL_NAME: 'main' };

const FLAG: Readonly<Record<string, Environment>> = {
  unset: {},
  '`true`': { REDIS_ENABLED: 'true' },
  '`false`': { REDIS_ENABLED: 'false' },
  'anything else': { REDIS_ENABLED: 'maybe' },
};
const README_COLUMNS: Readonly<Record<string, Environment>> = { '`REDIS_URL` set': URL, '`REDIS_URL` not set': {} };
const GUIDE_COLUMNS: Readonly<Record<string, Environment>> = {
  '`REDIS_URL`': URL,
  '`REDIS_SENTINELS`': SENTINELS,
  'both of them': { ...URL, ...SENTINELS },
  'a faulty `REDIS_URL`': { REDIS_URL: 'cache:6379' },
  '`REDIS_HOST` alone': { REDIS_HOST: 'cache' },
  'no address': {},
};

/** A cell of a truth table, with what its row and its column are called. */
interface Cell {
  readonly row: string;
  readonly column: string;
  readonly says: string;
}

function cellsOf({ header, rows }: MarkdownTable): Cell[] {
  return rows.flatMap(([row = '', ...answers]) =>
    answers.map((says, index) => ({ row, column: header[index + 1] ?? '', says })),
  );
}

function casesOf(rows: object, columns: object): string[] {
  return Object.keys(rows).flatMap((row) => Object.keys(columns).map((column) => `${row} ${column}`));
}

const named = ({ row, column }: Cell): string => `${row} ${column}`;

describe.each([
  { page: README, columns: README_COLUMNS },
  { page: GUIDE, columns: GUIDE_COLUMNS },
])('the truth table of $page.name', ({ page, columns }) => {
  const cells = cellsOf(tableOf(page, '`REDIS_ENABLED`'));

  it('has a cell for each case', () => {
    expect(cells.map(named)).toEqual(casesOf(FLAG, columns));
  });

  it.each(cells)('is right: $row, $column', ({ row, column, says }) => {
    const env = { ...FLAG[row], ...columns[column] };
    const refusal = refusalOf(env);
    if (says.startsWith('error')) {
      const [variable = 'REDIS_ENABLED'] = codeSpans(says);
      expect(refusal?.message).toContain(`- ${variable}: `);
      return;
    }
    expect(refusal?.message).toBeUndefined();
    const { enabled, warnings } = settingsFrom(env);
    expect(enabled ? 'on' : 'off').toBe(says.split(',')[0]);
    expect(warnings.length > 0).toBe(says.endsWith('with a warning'));
  });
});

describe('the truth table of the options', () => {
  const enabled: Readonly<Record<string, RedisModuleOptions>> = {
    'not given': {},
    '`true`': { enabled: true },
    '`false`': { enabled: false },
  };
  const client = {
    status: 'ready',
    defineCommand: () => {},
    duplicate: () => {},
  } as unknown as RedisModuleOptions['client'];
  const given: Readonly<Record<string, readonly RedisModuleOptions[]>> = {
    'an address, or `client`': [
      { url: 'redis://cache' },
      { host: 'cache' },
      { sentinel: { name: 'main', nodes: [{ host: 'one' }] } },
      { cluster: { nodes: [{ host: 'one' }] } },
      { client },
    ],
    none: [{}, { cluster: true }, { username: 'app', password: 'secret' }, { db: 1 }],
  };
  const cells = cellsOf(tableOf(GUIDE, '`enabled`'));

  it('has a cell for each case', () => {
    expect(cells.map(named)).toEqual(casesOf(enabled, given));
  });

  it.each(cells)('is right: $row, $column', ({ row, column, says }) => {
    for (const address of given[column] ?? []) {
      const options = { ...enabled[row], ...address };
      const refusal = refusalOfOptions(options);
      if (says.startsWith('error')) expect(refusal?.message).toContain('enabled: ');
      else expect(refusal?.message ?? (toRedisSettings(options).enabled ? 'on' : 'off')).toBe(says);
    }
  });
});
