import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes } from '@opentelemetry/api';
import { BoundedLabel } from '../telemetry/bounded-label.js';
import type { CountedContextRead, CountedSessionFallback } from '../telemetry/consumer-events.interface.js';
import type { RedisCacheEvent } from '../utils/redis-events.js';
import type { Listeners } from './listen.js';
import type { OperationSpan } from './operation-span.js';

interface OfConnection {
  readonly connection: string;
}

/** What is said of a call while it runs: whether Redis had it, and who served it otherwise. @internal */
export function outcomeListeners(running: AsyncLocalStorage<OperationSpan>): Listeners {
  const tiers = new BoundedLabel(16);
  const tell = ({ connection }: OfConnection, attributes: Attributes): void => {
    const operation = running.getStore();
    if (operation?.connection === connection) operation.tell(prefixed(attributes));
  };
  return {
    'nestjs-redis-hub:cache': (event: RedisCacheEvent) => {
      const { hit, reason, errorKind } = event;
      tell(event, { hit, reason, error_type: errorKind });
    },
    'nestjs-redis-hub:context:read': (event: CountedContextRead & OfConnection) => {
      const { source, hit, reason, errorKind, messages } = event;
      tell(event, { source, hit, reason, error_type: errorKind, messages });
    },
    'nestjs-redis-hub:session:fallback': (event: CountedSessionFallback & OfConnection) => {
      tell(event, { tier: tiers.of(event.tier), reason: event.reason });
    },
  };
}

/** What is undefined is left out. */
function prefixed(attributes: Attributes): Attributes {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [`nestjs_redis_hub.${name}`, value]));
}
