import { RedisError } from '../errors/redis.error.js';
import { withDeadline } from '../utils/deadline.js';
import { assertMessages, assertSystemMessage } from './assert-messages.js';
import type { ChatKeys } from './chat-keys.js';
import type { ContextLoader, ContextSettings } from './context-options.interface.js';
import type { LoadedChat } from './context-options.interface.js';
import type { ContextMessage } from './context-message.interface.js';
import type { ChatEntry } from './envelope.codec.js';
import { toEntries } from './envelope.codec.js';
import { readMessage } from './read-safely.js';
import type { CountTokens } from './tokens/token-counter.js';

const OPERATION = 'context.load';

/** What a loader gave, ready for Redis. @internal */
export interface Loaded {
  /** Oldest first. */
  readonly entries: readonly ChatEntry[];
  readonly pinned: ChatEntry | undefined;
}

/** Gives Redis what was loaded, or says that nothing was; whether that worked is not the reader's concern. @internal */
export type Seed = (loaded: Loaded | undefined) => Promise<void>;

/**
 * Loads a chat once for all who wait for it in this process. What the loader throws is passed on as it is: it is the
 * app's own error, and a "not found" or "forbidden" of the app must stay one.
 *
 * @internal
 */
export class ChatLoads {
  private readonly flights = new Map<string, Promise<Loaded>>();

  constructor(
    private readonly loader: ContextLoader,
    private readonly settings: Pick<ContextSettings, 'maxMessages' | 'loaderTimeoutMs'>,
    private readonly countTokens: CountTokens,
  ) {}

  /** Whether a load of this wait is under way in this process. */
  isFlying(keys: ChatKeys, wait: string): boolean {
    return this.flights.has(flightOf(keys, wait));
  }

  /**
   * The newest messages, oldest first. A wait ends with every append, wherever it was made, so that who asks after an
   * append never gets the load of who asked before it.
   */
  load(keys: ChatKeys, wait: string, seed: Seed): Promise<Loaded> {
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

  private async fly(keys: ChatKeys, seed: Seed): Promise<Loaded> {
    try {
      const loaded = this.entriesOf(await this.callLoader(keys));
      await seed(loaded);
      return loaded;
    } catch (error) {
      await seed(undefined);
      throw error;
    }
  }

  private entriesOf(given: unknown): Loaded {
    const chat = readMessage(OPERATION, 'loaded', () => chatOf(given));
    const messages = assertMessages(chat.messages, OPERATION, 'loaded').slice(-this.settings.maxMessages);
    const pinned = chat.system === undefined ? [] : [assertSystemMessage(chat.system, OPERATION, 'loaded.system')];
    const toAll = (list: readonly ContextMessage[]): ChatEntry[] =>
      readMessage(OPERATION, 'loaded', () => toEntries(list, undefined, this.countTokens));
    return { entries: toAll(messages), pinned: toAll(pinned)[0] };
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

/** A list of messages is a chat that pins nothing. */
function chatOf(given: unknown): LoadedChat {
  if (Array.isArray(given) || typeof given !== 'object' || given === null) {
    return { messages: given as readonly ContextMessage[] };
  }
  return given as LoadedChat;
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
