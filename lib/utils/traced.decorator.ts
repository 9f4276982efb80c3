import { isTraced, traced } from './operation-trace.js';
import type { RedisTraceEvent, TracedConnection } from './operation-trace.js';

type Method = (...args: never[]) => Promise<unknown>;

/** Private to those who call it. */
interface OnConnection {
  readonly connection: TracedConnection;
}

/**
 * Lets listeners put something around calls of these methods, each under the name of its operation. The class has its
 * connection in `connection`. While nobody listens a call costs the look whether anybody does.
 *
 * @internal
 */
export function Traced<Name extends string>(
  feature: RedisTraceEvent['feature'],
  operations: Readonly<Record<Name, string>>,
) {
  return ({ prototype }: { readonly prototype: Readonly<Record<Name, Method>> }): void => {
    for (const [name, operation] of Object.entries<string>(operations)) {
      const method = prototype[name as Name] as (this: unknown, ...args: unknown[]) => Promise<unknown>;
      const value = function (this: OnConnection, ...args: unknown[]): Promise<unknown> {
        if (!isTraced()) return method.apply(this, args);
        return traced(this.connection, feature, operation, () => method.apply(this, args));
      };
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
    }
  };
}
