import { RedisError } from '../errors/redis.error.js';

/**
 * Collects what is wrong with a configuration, so that one error tells all of it. Options that came from environment
 * variables are told by the variable's name.
 *
 * @internal
 */
export class FaultList {
  private readonly lines = new Set<string>();

  constructor(private readonly names: Readonly<Record<string, string>> = {}) {}

  /** The name under which the user knows an option. */
  nameOf(option: string): string {
    return (Object.hasOwn(this.names, option) ? this.names[option] : undefined) ?? option;
  }

  /** Notes a fault, once; the text never holds a secret. */
  add(option: string, text: string): void {
    this.lines.add(`${this.nameOf(option)}: ${text}`);
  }

  /** Throws the one error, if anything was noted. */
  throwIfAny(): void {
    const lines = [...this.lines];
    if (lines.length === 0) return;
    const count = lines.length === 1 ? 'is 1 fault' : `are ${lines.length} faults`;
    const message = `There ${count} in the Redis configuration:\n${lines.map((line) => `- ${line}`).join('\n')}`;
    throw new RedisError({ kind: 'configuration', operation: 'configure', message });
  }
}
