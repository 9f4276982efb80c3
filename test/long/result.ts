import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of what a long run found: a thing that was looked at, what was seen of each driver, and what is allowed. */
export interface Finding {
  readonly what: string;
  readonly driver: string;
  readonly seen: string;
  readonly isGood: boolean;
}

/** A finding, judged. */
export function finding(driver: string, what: string, seen: string | number, isGood: boolean): Finding {
  return { driver, what, seen: String(seen), isGood };
}

/** Writes what a long run found where its caller wants it, as JSON, and prints it. @returns the exit code */
export function report(findings: readonly Finding[], file: string | undefined): number {
  for (const { driver, what, seen, isGood } of findings) {
    process.stdout.write(`${isGood ? 'ok    ' : 'NOT OK'} ${driver.padEnd(11)} ${what}: ${seen}\n`);
  }
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(findings, undefined, 2));
  }
  return findings.every(({ isGood }) => isGood) ? 0 : 1;
}
