/** What an SDK gives; undefined where it throws: its faults are none of the application's. @internal */
export function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
