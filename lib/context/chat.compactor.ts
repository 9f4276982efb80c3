import { createHash } from 'node:crypto';
import { assertMessages, assertWeights } from './assert-messages.js';
import type { ChatKeys } from './chat-keys.js';
import type { ChatStore } from './chat.store.js';
import type { ContextMessage } from './context-message.interface.js';
import type { ContextSettings } from './context-options.interface.js';
import type { CompactResult, Summarize } from './context-result.interface.js';
import { createMessageError } from './context.error.js';
import { decodeEnvelope, encodeEnvelope, toEntries } from './envelope.codec.js';
import type { ChatEntry } from './envelope.codec.js';
import { readMessage } from './read-safely.js';
import type { CountTokens } from './tokens/token-counter.js';

const OPERATION = 'context.compact';

/** An entry as it stands in the list, and what it says where it can be read. */
interface StoredMessage {
  readonly text: string;
  readonly message: ContextMessage | undefined;
  readonly sequence: number;
}

/**
 * Puts a summary in the place of a chat's older messages. The summary is made while nothing is held: what was appended
 * meanwhile stays behind it, and where the summarised messages are not there any more nothing is written.
 *
 * @internal
 */
export class ChatCompactor {
  constructor(
    private readonly store: ChatStore,
    private readonly settings: Pick<ContextSettings, 'maxMessages' | 'maxTokens'>,
    private readonly countTokens: CountTokens,
  ) {}

  async compact(keys: ChatKeys, summarize: Summarize, keep: number): Promise<CompactResult> {
    const reply = await this.store.read(keys, { count: this.settings.maxMessages, need: 0 });
    const length = reply.warm ? reply.length : 0;
    const untouched = { replaced: 0, length, conflict: false };
    const old = reply.warm ? toReplace(reply.entries.map(stored).toReversed(), keep) : [];
    const newest = old.at(-1);
    if (newest === undefined) return untouched;
    const entries = await this.summaryOf(old, summarize);
    if (entries.length === 0) return untouched;
    const [replaced, left] = await this.store.replace(keys, {
      state: reply.state,
      sequence: newest.sequence,
      sha1: createHash('sha1').update(newest.text).digest('hex'),
      envelopes: entries.toReversed().map((entry, at) => encodeEnvelope(newest.sequence - at, entry)),
    });
    return { replaced, length: left, conflict: replaced === 0 };
  }

  private async summaryOf(old: readonly StoredMessage[], summarize: Summarize): Promise<ChatEntry[]> {
    const said = old.flatMap(({ message }) => (message === undefined ? [] : [message]));
    const given = await summarize(said);
    const messages = assertMessages(Array.isArray(given) ? given : [given], OPERATION, 'summary');
    if (messages.length > said.length) {
      const fault = `the summary has ${messages.length} messages, and there were ${said.length}`;
      throw createMessageError(OPERATION, fault);
    }
    const entries = readMessage(OPERATION, 'summary', () => toEntries(messages, undefined, this.countTokens));
    assertWeights(entries, this.settings.maxTokens, OPERATION);
    return entries;
  }
}

function stored(text: string): StoredMessage {
  const envelope = decodeEnvelope(text);
  return { text, message: envelope?.message, sequence: envelope?.sequence ?? 0 };
}

/** All but the newest, oldest first; a call stays with its results, and one that waits for its results stays. */
function toReplace(messages: readonly StoredMessage[], keep: number): readonly StoredMessage[] {
  let end = Math.max(0, messages.length - keep);
  for (let at = end - 1; at >= 0; at -= 1) {
    if (isSplit(messages, at, end)) end = at;
  }
  while (end > 0 && messages[end - 1]?.message === undefined) end -= 1;
  return messages.slice(0, end);
}

/** Whether the call at this place has results behind the end, or none yet. */
function isSplit(messages: readonly StoredMessage[], at: number, end: number): boolean {
  const message = messages[at]?.message;
  if (message?.role !== 'assistant') return false;
  const answered = new Set(messages.slice(at, end).map((one) => resultOf(one.message)));
  const isLast = !messages.slice(at + 1).some(({ message: later }) => later !== undefined && later.role !== 'tool');
  return (message.toolCalls ?? []).some(({ id }) => {
    if (answered.has(id)) return false;
    return isLast || messages.slice(end).some((one) => resultOf(one.message) === id);
  });
}

function resultOf(message: ContextMessage | undefined): string | undefined {
  return message?.role === 'tool' ? message.toolCallId : undefined;
}
