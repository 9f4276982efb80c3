import { cache } from './cache.js';
import type { FaultConsumer } from './consumer.js';
import { context } from './context.js';
import { counter } from './counter.js';
import { queue } from './queue.js';
import { session } from './session.js';

/** Every consumer of the app, in the order of the table's columns. */
export const CONSUMERS: readonly FaultConsumer[] = [session, context, cache, counter, queue];
