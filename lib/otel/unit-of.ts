const UNITS: readonly (readonly [end: string, unit: string])[] = [
  ['_ms', 'ms'],
  ['_bytes', 'By'],
  ['_ratio', '1'],
];

/** The unit that a metric's name ends with, as UCUM has it; none where it is a plain count. @internal */
export function unitOf(name: string): string {
  return UNITS.find(([end]) => name.endsWith(end))?.[1] ?? '';
}
