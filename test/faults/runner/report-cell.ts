import type { FaultCell } from './cell.js';
import type { Violation } from './violation.js';

const OF_BOOT = /LOG \[(NestFactory|InstanceLoader|Router)/;

/** Where the app was broken on purpose, the violation that shows it is what must be there. */
export function unexpectedOf({ row: { violates } }: FaultCell, found: readonly Violation[]): readonly Violation[] {
  if (violates === undefined) return found;
  if (found.some(({ id }) => id === violates)) return found.filter(({ id }) => id === 'harness');
  return [...found, { id: 'harness', text: `the app was broken on purpose, and ${violates} was not found violated` }];
}

/** What an app printed, without what every boot prints. */
export function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !OF_BOOT.test(line));
}

/** The last of them. */
export function tailOf(output: string): string {
  return linesOf(output).slice(-15).join('\n');
}
