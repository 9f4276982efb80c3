import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Puts what was seen where a long run wants it, `HUB_LONG_RESULT`. Only what was as it must be is kept. */
export function keepFindings(driver: string, findings: Readonly<Record<string, unknown>>): void {
  const file = process.env['HUB_LONG_RESULT'];
  if (file === undefined) return;
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object[]) : [];
  const after = Object.entries(findings).map(([what, seen]) => ({ driver, what, seen: String(seen), isGood: true }));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify([...before, ...after], undefined, 2));
}
