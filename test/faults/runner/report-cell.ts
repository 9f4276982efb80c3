import type { FaultCell } from './cell.js';
import type { Violation } from './violation.js';

/** Where the app was broken on purpose, the violation that shows it is what must be there. */
export function unexpectedOf({ row: { violates } }: FaultCell, found: readonly Violation[]): readonly Violation[] {
  if (violates === undefined) return found;
  if (found.some(({ id }) => id === violates)) return found.filter(({ id }) => id === 'harness');
  return [...found, { id: 'harness', text: `the app was broken on purpose, and ${violates} was not found violated` }];
}

/** The last lines but for those that every boot prints. */
export function tailOf(output: string): string {
  const lines = output
    .split('\n')
    .filter((line) => line !== '' && !/LOG \[(NestFactory|InstanceLoader|Router)/.test(line));
  return lines.slice(-15).join('\n');
}
