import type { Violations } from './violation.js';

/** Looks for what must never be shown. */
export class SecretScan {
  constructor(
    private readonly secrets: readonly string[],
    private readonly violations: Violations,
  ) {}

  scan(where: string, text: string): void {
    const found = this.secrets.find((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
    // named by its beginning: the report is printed too
    if (found !== undefined) this.violations.add('I7', `${where} shows ${found.split('-')[0]}`);
  }
}
