import type { JsonValue } from '../context-message.interface.js';
import { createMessageError } from '../context.error.js';
import { readMessage } from '../read-safely.js';
import { bytesOf } from './typed-value.js';
import type { TypedValue } from './typed-value.js';

/** Above the 100 levels that a stored field may have, since what has no place elsewhere is carried some levels deeper. */
const MAX_DEPTH = 128;

/** Of a message with its parts; a value that is referred to from many places would be written out at each. */
const MAX_VALUES = 1_000_000;

/** How a list of messages is read. @internal */
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
  return new Snapshot(path, rules).copy(value, path, [], []);
}

class Snapshot {
  private values = 0;

  constructor(
    private readonly root: string,
    private readonly rules: SnapshotRules,
  ) {}

  copy(value: unknown, path: string, at: readonly (string | number)[], ancestors: readonly object[]): JsonValue {
    this.values += 1;
    if (this.values > MAX_VALUES) throw this.fault(this.root, `more than ${MAX_VALUES} values`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return this.finite(value, path);
    if (typeof value !== 'object') throw this.fault(path, `a value of type ${typeof value}`);
    if (ancestors.includes(value)) throw this.fault(path, 'a value that holds itself');
    if (ancestors.length >= MAX_DEPTH) throw this.fault(this.root, `more than ${MAX_DEPTH} levels`);
    return this.copyObject(value, path, at, [...ancestors, value]);
  }

  private copyObject(
    value: object,
    path: string,
    at: readonly (string | number)[],
    ancestors: readonly object[],
  ): JsonValue {
    const { operation, typed } = this.rules;
    const text = readMessage(operation, path, () => (typed === undefined ? undefined : bytesOf(value)));
    if (text !== undefined) {
      typed?.push({ at, is: text.is });
      return text.text;
    }
    if (readMessage(operation, path, () => Array.isArray(value))) {
      const list = readMessage(operation, path, () => Array.from<unknown>(value as unknown[]));
      return list.map((item, index) => this.copy(item, `${path}[${index}]`, [...at, index], ancestors));
    }
    if (!readMessage(operation, path, () => this.isRecord(value))) {
      throw this.fault(path, 'an object that is no plain record');
    }
    const fields = readMessage(operation, path, () => Object.entries(value as Record<string, unknown>));
    return Object.fromEntries(
      fields
        .filter(([, field]) => field !== undefined)
        .map(([name, field]) => [name, this.copy(field, pathOf(path, name), [...at, name], ancestors)]),
    );
  }

  private isRecord(value: object): boolean {
    if (Object.prototype.toString.call(value) !== '[object Object]' || 'toJSON' in value) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return this.rules.instances || prototype === null || Object.getPrototypeOf(prototype) === null;
  }

  private finite(value: number, path: string): number {
    if (!Number.isFinite(value)) throw this.fault(path, 'a number that is not finite');
    return value;
  }

  private fault(path: string, what: string): Error {
    return createMessageError(this.rules.operation, `${path} holds what JSON cannot carry: ${what}`);
  }
}

/** A field's name is the caller's text: quoted and cut unless it is a plain word. */
function pathOf(path: string, name: string): string {
  return /^[\w$-]{1,40}$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name.slice(0, 40))}]`;
}
