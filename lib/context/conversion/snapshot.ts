import type { JsonValue } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { bytesOf } from './typed-value.js';
import type { TypedValue } from './typed-value.js';

/** Above the 100 levels that a stored field may have, since what has no place elsewhere is carried some levels deeper. */
const MAX_DEPTH = 128;

/** Of a message with its parts; a value that is referred to from many places would be written out at each. */
const MAX_VALUES = 1_000_000;

/** How a message is read. @internal */
export interface SnapshotRules {
  readonly operation: string;
  /** Whether instances of classes are taken for records, as an append takes them. */
  readonly instances: boolean;
  /** Bytes and URLs, which become text and are noted here; absent where they are refused. */
  readonly typed?: TypedValue[];
}

/**
 * A copy of our own of what JSON can carry, each property read once. A getter or a proxy may throw anything, and a value
 * may hold itself: the error names the path, never the value.
 *
 * @throws RedisError of kind `serialization`
 * @internal
 */
export function snapshotOf(value: unknown, path: string, rules: SnapshotRules): JsonValue {
  return new Snapshot(path, rules).copy(value);
}

class Snapshot {
  private values = 0;
  private readonly steps: (string | number)[] = [];
  private readonly ancestors: object[] = [];

  constructor(
    private readonly root: string,
    private readonly rules: SnapshotRules,
  ) {}

  copy(value: unknown): JsonValue {
    this.values += 1;
    if (this.values > MAX_VALUES) throw this.fault(this.root, `more than ${MAX_VALUES} values`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return this.finite(value);
    if (typeof value !== 'object') throw this.fault(this.path, `a value of type ${typeof value}`);
    if (this.ancestors.includes(value)) throw this.fault(this.path, 'a value that holds itself');
    if (this.ancestors.length >= MAX_DEPTH) throw this.fault(this.root, `more than ${MAX_DEPTH} levels`);
    return this.textOf(value) ?? this.copyObject(value);
  }

  private copyObject(value: object): JsonValue {
    this.ancestors.push(value);
    const list = this.read(() => (Array.isArray(value) ? Array.from<unknown>(value) : undefined));
    const copy = list === undefined ? this.copyRecord(value) : list.map((item, index) => this.copyAt(index, item));
    this.ancestors.pop();
    return copy;
  }

  private copyRecord(value: object): JsonValue {
    if (!this.read(() => this.isRecord(value))) throw this.fault(this.path, 'an object that is no plain record');
    const fields = this.read(() => Object.entries(value)).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([name, field]) => [name, this.copyAt(name, field)]));
  }

  private copyAt(step: string | number, value: unknown): JsonValue {
    this.steps.push(step);
    const copy = this.copy(value);
    this.steps.pop();
    return copy;
  }

  private textOf(value: object): string | undefined {
    const { typed } = this.rules;
    const bytes = typed && this.read(() => bytesOf(value));
    if (bytes === undefined) return undefined;
    typed?.push({ at: [...this.steps], is: bytes.is });
    return bytes.text;
  }

  private isRecord(value: object): boolean {
    if (Object.prototype.toString.call(value) !== '[object Object]' || 'toJSON' in value) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return this.rules.instances || prototype === null || Object.getPrototypeOf(prototype) === null;
  }

  private finite(value: number): number {
    if (!Number.isFinite(value)) throw this.fault(this.path, 'a number that is not finite');
    return value;
  }

  private read<T>(get: () => T): T {
    try {
      return get();
    } catch {
      throw createMessageError(this.rules.operation, `${this.path} cannot be read`);
    }
  }

  private get path(): string {
    return this.root + this.steps.map(stepText).join('');
  }

  private fault(path: string, what: string): Error {
    return createMessageError(this.rules.operation, `${path} holds what JSON cannot carry: ${what}`);
  }
}

/** A field's name is the caller's text: quoted and cut unless it is a plain word. */
function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[\w$-]{1,40}$/.test(step) ? `.${step}` : `[${JSON.stringify(step.slice(0, 40))}]`;
}
