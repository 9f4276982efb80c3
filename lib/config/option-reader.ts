import { readList, readProperty } from '../errors/read-property.js';
import { MAX_TIMER_MS } from '../utils/timer-limits.js';
import { describeType, describeValue, isPlainObject } from './describe-value.js';
import type { FaultList } from './fault-list.js';
import { nearestName } from './nearest-name.js';

/** More hosts than any topology has. */
const MAX_LISTED = 1_000;

/**
 * Reads options one by one, each with the type it must have. A bad value is noted as a fault and read as undefined.
 *
 * @internal
 */
export class OptionReader {
  constructor(
    private readonly source: object,
    readonly faults: FaultList,
    private readonly prefix = '',
  ) {}

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): unknown {
    return readProperty(this.source, name);
  }

  fault(name: string, text: string): undefined {
    this.faults.add(this.prefix + name, text);
    return undefined;
  }

  /** Text that may be a secret: of a bad value only the type is told. Empty text reads as undefined. */
  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || value === '') return undefined;
    return typeof value === 'string' ? value : this.fault(name, `must be a string, got ${describeType(value)}`);
  }

  /** Text that must not be empty where it is given. */
  filledText(name: string): string | undefined {
    return this.raw(name) === '' ? this.fault(name, 'is empty; leave it out instead') : this.text(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fault(name, `must be true or false, got ${describeType(value)}`);
  }

  integer(name: string, least: number, most: number = MAX_TIMER_MS): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const isRight = typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
    return isRight ? value : this.fault(name, `must be an integer ${range(least, most)}, got ${describeValue(value)}`);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    const wanted = allowed.map((candidate) => `'${candidate}'`).join(', ');
    return found ?? this.fault(name, `must be one of ${wanted}, got ${describeValue(value)}`);
  }

  /** A nested object, handed on as it is. */
  plainObject(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.raw(name);
    if (value === undefined || isPlainObject(value)) return value;
    return this.fault(name, `must be a plain object, got ${describeType(value)}`);
  }

  /** A reader of a nested object whose faults are told as `name.inner`. */
  section(name: string, known: readonly string[]): OptionReader | undefined {
    const value = this.plainObject(name);
    if (value === undefined) return undefined;
    const reader = new OptionReader(value, this.faults, `${this.prefix}${name}.`);
    reader.refuseUnknown(known);
    return reader;
  }

  /** A reader of each object in a list, whose faults are told as `name[0].inner`; none where it is no list. */
  list(name: string, known: readonly string[]): OptionReader[] {
    return readList(this.source, name, MAX_LISTED).flatMap((item, index) => {
      const path = `${name}[${index}]`;
      if (!isPlainObject(item)) return this.fault(path, `must be a plain object, got ${describeType(item)}`) ?? [];
      const reader = new OptionReader(item, this.faults, `${this.prefix}${path}.`);
      reader.refuseUnknown(known);
      return reader;
    });
  }

  /** Notes every own name that is not a known one; `told` has the text for names with a story of their own. */
  refuseUnknown(known: readonly string[], told: Readonly<Record<string, string>> = {}): void {
    for (const name of this.names()) {
      if (known.includes(name) || !this.has(name)) continue;
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? '' : `; did you mean ${this.prefix}${nearest}?`;
      const text = (Object.hasOwn(told, name) ? told[name] : undefined) ?? `is not an option${hint}`;
      this.fault(/^[\w.-]{1,40}$/.test(name) ? name : describeValue(name), text);
    }
  }

  private names(): string[] {
    try {
      return Object.keys(this.source);
    } catch {
      return [];
    }
  }
}

function range(least: number, most: number): string {
  return most === MAX_TIMER_MS ? `of at least ${least}` : `from ${least} to ${most}`;
}
