import { readProperty } from '../errors/read-property.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import { describeType, describeValue } from './describe-value.js';
import type { FaultList } from './fault-list.js';
import { isQuoted, QUOTED } from './quoted.js';

/** Where variables are read from: a lookup such as ConfigService's, or an object such as `process.env`. @internal */
export type EnvSource = ((name: string) => unknown) | Readonly<Record<string, unknown>>;

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/**
 * Reads environment variables one by one. Empty is unset; a bad value is noted as a fault and read as undefined.
 *
 * @internal
 */
export class EnvReader {
  constructor(
    private readonly source: EnvSource,
    private readonly faults: FaultList,
  ) {}

  fault(variable: string, text: string): undefined {
    this.faults.add(variable, text);
    return undefined;
  }

  /** The value to the letter, as a password needs it. */
  exact(variable: string): string | undefined {
    const value = this.lookUp(variable);
    if (value === undefined || value === null || value === '') return undefined;
    // ConfigService may have turned `true` and `6379` into their own types.
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.fault(variable, `must be text, got ${describeType(value)}`);
  }

  text(variable: string): string | undefined {
    const value = this.exact(variable)?.trim();
    if (value !== undefined && isQuoted(value)) return this.fault(variable, QUOTED);
    return value === '' ? undefined : value;
  }

  /** Whether there is a value, faulty or not. */
  isSet(variable: string): boolean {
    return (this.exact(variable)?.trim() ?? '') !== '';
  }

  /** On or off; undefined also for one of `others`, words that the variable may say besides. */
  flag(variable: string, ...others: string[]): boolean | undefined {
    const value = this.oneOf(variable, [...TRUE, ...FALSE, ...others]);
    return value === undefined || others.includes(value) ? undefined : TRUE.includes(value);
  }

  oneOf<T extends string>(variable: string, allowed: readonly T[]): T | undefined {
    const value = this.text(variable)?.toLowerCase();
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    return found ?? this.fault(variable, `must be one of ${allowed.join(', ')}, got ${this.shown(variable)}`);
  }

  integer(variable: string, least: number): number | undefined {
    const value = this.text(variable);
    if (value === undefined) return undefined;
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= MAX_TIMER_MS) return number;
    return this.fault(variable, `must be an integer of at least ${least}, got ${this.shown(variable)}`);
  }

  private shown(variable: string): string {
    return describeValue(this.text(variable));
  }

  private lookUp(variable: string): unknown {
    if (typeof this.source !== 'function') return readProperty(this.source, variable);
    try {
      return this.source(variable);
    } catch {
      return this.fault(variable, 'cannot be read: the lookup throws');
    }
  }
}
