import { RedisError } from '../errors/redis.error.js';
import { withDeadline } from '../utils/deadline.js';
import { assertMessages } from './assert-messages.js';
import type { ChatKeys } from './chat-keys.js';
import type { ContextLoader, ContextSettings } from './context-options.interface.js';
import type { ChatEntry } from './envelope.codec.js';
import { toEntries } from './envelope.codec.js';
import { readMessage } from './read-safely.js';

const OPERATION = 'context.load';

/** Gives Redis what was loaded; whether that worked is not the reader's concern. @internal */
export type Seed = (entries: readonly ChatEntry[]) => Promise<void>;

/**
 * Loads a chat once for all who wait for it in this process. What the loader throws is passed on as it is: it is the
 * app's own error, and a "not found" or "forbidden" of the app must stay one.
 *
 * @internal
 */
export class ChatLoads {
  private readonly flights = new Map<string, Promise<readonly ChatEntry[]>>();

  constructor(
    private readonly loader: ContextLoader,
    private readonly settings: Pick<ContextSettings, 'maxMessages' | 'loaderTimeoutMs'>,
  ) {}

  /**
   * The newest messages, oldest first. A wait ends with every append, wherever it was made, so that who asks after an
   * append never gets the load of who asked before it.
   */
  load(keys: ChatKeys, wait: string, seed: Seed): Promise<readonly ChatEntry[]> {
    const name = flightOf(keys, wait);
    const running = this.flights.get(name);
    if (running !== undefined) return running;
    const flight = this.fly(keys, seed).finally(() => {
      if (this.flights.get(name) === flight) this.flights.delete(name);
    });
    this.flights.set(name, flight);
    return flight;
  }

  /** Ends the sharing of loads that have no wait to tell them apart: those made while Redis is out. */
  forget(keys: ChatKeys): void {
    this.flights.delete(flightOf(keys, ''));
  }

  private async fly(keys: ChatKeys, seed: Seed): Promise<readonly ChatEntry[]> {
    const loaded = await this.callLoader(keys);
    const messages = assertMessages(loaded, OPERATION, 'loaded').slice(-this.settings.maxMessages);
    const entries = readMessage(OPERATION, 'loaded', () => toEntries(messages));
    await seed(entries);
    return entries;
  }

  private async callLoader({ chatId, tenant }: ChatKeys): Promise<unknown> {
    const { maxMessages: limit, loaderTimeoutMs } = this.settings;
    const abort = new AbortController();
    const load = async (): Promise<unknown> => this.loader(chatId, { tenant, limit, signal: abort.signal });
    return withDeadline(load(), loaderTimeoutMs, () => {
      const late = createLateError(loaderTimeoutMs);
      abort.abort(late);
      return late;
    });
  }
}

function flightOf(keys: ChatKeys, wait: string): string {
  return `${keys.meta} ${wait}`;
}

function createLateError(elapsedMs: number): RedisError {
  return new RedisError({
    kind: 'command-timeout',
    outcome: 'unknown',
    operation: OPERATION,
    elapsedMs,
    message: `The loader of the chat context did not answer within ${elapsedMs} ms. Make it faster, or raise loaderTimeoutMs.`,
  });
}
