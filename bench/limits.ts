/** Says beside a figure what was asked of it. */
export function printLimit(what: string, met: boolean): void {
  process.stdout.write(`${' '.repeat(28)} limit: ${what}: ${met ? 'met' : 'MISSED'}\n`);
}
