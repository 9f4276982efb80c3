/** Something a test opened and that must not outlive its spec file. */
export interface TestResource {
  /** Stops it for good; called again, does nothing. */
  stop(): Promise<void>;
}

const RESOURCES = Symbol.for('hub.test.resources');

/** Registers a resource: the test environment stops it after the last hook of the spec file, passed or failed. */
export function track<T extends TestResource>(resource: T): T {
  registry().add(resource);
  return resource;
}

/** Forgets a resource that was stopped. */
export function untrack(resource: TestResource): void {
  registry().delete(resource);
}

function registry(): Set<TestResource> {
  const holder = globalThis as { [RESOURCES]?: Set<TestResource> };
  return (holder[RESOURCES] ??= new Set());
}
