import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, tool } from './run.mjs';
import { Stop } from './say.mjs';

const PAGE = join(ROOT, 'docs', 'LONG_RUNS.md');
const PEERS = ['ioredis', 'redis', 'bullmq', '@nestjs/core'];

/**
 * Puts a result into its section of docs/LONG_RUNS.md, in place of the one before.
 *
 * @param {string} name of the section
 * @param {{ command: string, redis: string, table: string[][] }} result the table's first row is its head
 */
export async function writeLongRun(name, { command, redis, table }) {
  const text = readFileSync(PAGE, 'utf8');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  if (!text.includes(begin) || !text.includes(end)) throw new Stop(`docs/LONG_RUNS.md has no section ${name}`);
  const [before, rest] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
  const facts = `${new Date().toISOString().slice(0, 10)}, \`${command}\`: ${versions(redis)}.`;
  writeFileSync(PAGE, [before, '', facts, '', ...rowsOf(table), '', rest].join('\n'));
  await run(process.execPath, [tool('prettier/bin/prettier.cjs'), '--log-level', 'warn', '--write', PAGE]);
}

/** Of what a long life found: a line a thing, a column a driver. */
export function findingsTable(findings) {
  const drivers = [...new Set(findings.map(({ driver }) => driver))];
  const things = [...new Set(findings.map(({ what }) => what))];
  const cell = (what, driver) => {
    const found = findings.find((one) => one.what === what && one.driver === driver);
    return found ? `${found.seen}${found.isGood ? '' : ' **NOT OK**'}` : '';
  };
  return [['', ...drivers], ...things.map((what) => [what, ...drivers.map((driver) => cell(what, driver))])];
}

function versions(redis) {
  const installed = PEERS.map((name) => `${name} ${versionOf(join('node_modules', name))}`);
  const server = /v=(\S+)/.exec(execFileSync(redis, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  return [
    `nestjs-redis-hub ${versionOf('.')}`,
    `Node ${process.version.slice(1)}`,
    `Redis ${server}`,
    ...installed,
  ].join(', ');
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).version;
}

/** @param {string[][]} table */
function rowsOf(table) {
  const [head = [], ...rows] = table;
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
