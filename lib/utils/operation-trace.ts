import { channel } from 'node:diagnostics_channel';

/**
 * A call that is about to be made, on the channel `nestjs-redis-hub:trace`: of the cache, of sessions, of the context of a
 * chat, or one that waits for a connection. A listener may put something around it, such as a span.
 *
 * @publicApi
 */
export interface RedisTraceEvent {
  readonly connection: string;
  /** Where the connection leads: `host:port`, the path of a unix socket, or several of them. */
  readonly endpoint: string;
  readonly feature: 'cache' | 'session' | 'context' | 'connection';
  /** What of it, such as `get`; one of few. */
  readonly operation: string;
  /**
   * Makes the call within `wrap`, which calls what it is given, once and at once, and gives back that promise. Of several
   * listeners the last is outermost.
   */
  readonly around: (wrap: <T>(call: () => Promise<T>) => Promise<T>) => void;
}

/** What of a connection a trace tells. @internal */
export interface TracedConnection {
  readonly name: string;
  readonly endpoint: string;
}

const TRACES = channel('nestjs-redis-hub:trace');

/** @internal */
export function isTraced(): boolean {
  return TRACES.hasSubscribers;
}

/** Makes the call, within what listeners put around it; where nobody listens it is just made. @internal */
export function traced<T>(
  origin: TracedConnection,
  feature: RedisTraceEvent['feature'],
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  if (!TRACES.hasSubscribers) return call();
  const { name: connection, endpoint } = origin;
  let made = (): Promise<T> => settled(call);
  const around: RedisTraceEvent['around'] = (wrap) => {
    const inner = made;
    made = () => wrap(inner);
  };
  const event: RedisTraceEvent = { connection, endpoint, feature, operation, around };
  TRACES.publish(event);
  return made();
}

/** A throw is a rejection: listeners need to know of one way to fail. */
function settled<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}
