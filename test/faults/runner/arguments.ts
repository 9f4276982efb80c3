import { parseArgs } from 'node:util';
import type { TestDriver } from '../../support/drivers.js';
import type { FaultRow, Variant } from '../rows/row.js';
import type { FaultCell } from './cell.js';

const DRIVERS: readonly TestDriver[] = ['ioredis', 'node-redis'];
const VARIANTS: readonly Variant[] = ['main', 'bare', 'strict', 'postgres'];
const JOBS = 5;

export interface RunnerArguments {
  readonly only: readonly string[];
  readonly drivers: readonly TestDriver[];
  readonly variants: readonly Variant[];
  readonly short: boolean;
  readonly jobs: number;
  readonly list: boolean;
  readonly verbose: boolean;
  /** Write the table to this file. */
  readonly write?: string;
  /** Write the counts to this file, as Jest's results have them. */
  readonly results?: string;
}

/** What was asked for on the command line; throws where it cannot be meant. */
export function readArguments(args: string[]): RunnerArguments {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      driver: { type: 'string', multiple: true, default: [...DRIVERS] },
      variant: { type: 'string', multiple: true, default: [...VARIANTS] },
      short: { type: 'boolean', default: false },
      jobs: { type: 'string', default: String(JOBS) },
      list: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      results: { type: 'string' },
    },
  });
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error('--jobs takes a number of at least 1');
  return {
    only: values.only,
    drivers: oneOf('--driver', values.driver, DRIVERS),
    variants: oneOf('--variant', values.variant, VARIANTS),
    short: values.short,
    jobs,
    list: values.list,
    verbose: values.verbose,
    ...(values.write && { write: 'docs/FAULT_TABLE.md' }),
    ...(values.results !== undefined && { results: values.results }),
  };
}

/** The cells of these rows that were asked for; throws where a name or the whole choice fits nothing. */
export function chooseCells(rows: readonly FaultRow[], wanted: RunnerArguments): FaultCell[] {
  for (const glob of wanted.only) {
    if (!rows.some(({ name }) => matches(name, glob))) throw new Error(`--only ${glob} fits no row`);
  }
  const chosen = rows.filter(({ name }) => wanted.only.length === 0 || wanted.only.some((glob) => matches(name, glob)));
  const cells = chosen.flatMap((row) =>
    wanted.drivers
      .filter((driver) => row.drivers?.includes(driver) ?? true)
      .flatMap((driver) =>
        (row.variants ?? ['main', 'bare'])
          .filter((variant) => wanted.variants.includes(variant) && (!wanted.short || shortOf(row).includes(variant)))
          .map((variant) => ({ row, driver, variant })),
      ),
  );
  if (cells.length === 0) throw new Error('No cell fits what was asked for');
  return cells;
}

/** The variants in which a row is part of the short choice. */
function shortOf({ short = false }: FaultRow): readonly Variant[] {
  if (typeof short !== 'boolean') return short;
  return short ? ['main'] : [];
}

function matches(name: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`).test(name);
}

function oneOf<T extends string>(option: string, given: readonly string[], known: readonly T[]): T[] {
  const unknown = given.find((value) => !known.includes(value as T));
  if (unknown !== undefined) throw new Error(`${option} takes ${known.join(', ')}, not ${unknown}`);
  return given as T[];
}
