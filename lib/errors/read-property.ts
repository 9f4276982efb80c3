/** A property of a thrown or configured value, or undefined where reading it throws (getters, revoked proxies). @internal */
export function readProperty(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

/** A property that is text, else undefined. @internal */
export function readText(value: unknown, key: PropertyKey): string | undefined {
  const found = readProperty(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** The first elements of a property that is an array, else none. @internal */
export function readList(value: unknown, key: PropertyKey, most: number): readonly unknown[] {
  const list = readProperty(value, key);
  try {
    return Array.isArray(list) ? list.slice(0, most) : [];
  } catch {
    return [];
  }
}
