const MAX_DEPTH = 100;
/** What is shared is written out as often as it is met: without a bound a small value may become a text without end. */
const MAX_VALUES = 1_000_000;

/**
 * Why JSON cannot carry a value unchanged, or undefined where it can. JSON.stringify alone would drop functions, turn
 * NaN into null and a Map into {} without a word.
 *
 * @internal
 */
export function faultOfJson(value: unknown): string | undefined {
  return faultWithin(value, [], { values: 0 });
}

function faultWithin(value: unknown, ancestors: readonly object[], seen: { values: number }): string | undefined {
  seen.values += 1;
  if (seen.values > MAX_VALUES) return `more than ${MAX_VALUES} values`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'a number that is not finite';
  if (typeof value !== 'object') return `a value of type ${typeof value}`;
  if (ancestors.includes(value)) return 'a value that holds itself';
  if (ancestors.length >= MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
  if (!Array.isArray(value) && !isRecord(value)) return 'an object that is no plain record';
  return firstFault(Array.isArray(value) ? value : definedValues(value), [...ancestors, value], seen);
}

/** An object whose own fields are all there is to it: instances of your own classes are, Date, Map and Buffer are not. @internal */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.prototype.toString.call(value) === '[object Object]' && !('toJSON' in value);
}

function firstFault(
  values: readonly unknown[],
  ancestors: readonly object[],
  seen: { values: number },
): string | undefined {
  for (const value of values) {
    const fault = faultWithin(value, ancestors, seen);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** A field that is undefined is one that is not there, in JSON and here. */
function definedValues(record: object): unknown[] {
  return Object.values(record).filter((value) => value !== undefined);
}
