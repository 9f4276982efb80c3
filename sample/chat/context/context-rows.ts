import type { ContextMessage, PageEntry } from 'nestjs-redis-hub/context';
import { CHAT_LIMITS } from '../chat/chat.constants.js';
import { excerptOf } from '../common/excerpt.js';
import type { StoredMessage, StoredSummary } from '../database/chat.database.js';
import type { ContextPlace, ContextRow } from './context-view.interface.js';

const EXCERPT_LENGTH = 200;

/** What is known of a chat, from the three that were asked. */
export interface ContextParts {
  readonly window: readonly ContextMessage[];
  /** Undefined where Redis does not answer. */
  readonly held: readonly PageEntry[] | undefined;
  readonly stored: readonly StoredMessage[];
  readonly summary: StoredSummary | undefined;
}

type Listed = Omit<ContextRow, 'place'>;

/** Every message once, oldest first, the summary before the first that it does not stand for. */
export function rowsOf(parts: ContextParts): ContextRow[] {
  const { stored, summary } = parts;
  const sequences = new Map(parts.held?.map(({ message, sequence }) => [message.id, sequence]));
  const toRow = (message: ContextMessage, tokens: number, position: number | null): Listed => {
    const id = message.id ?? '';
    const { role } = message;
    return { id, role, text: textOf(message), tokens, position, sequence: sequences.get(id) ?? null };
  };
  const rows = stored.map(({ message, tokens, position }) => toRow(message, tokens, position));
  const until = summary?.until ?? 0;
  const old = rows.filter(({ position }) => (position ?? 0) <= until);
  const history = [
    ...unstored(parts).map(({ message, tokens }) => toRow(message, tokens, null)),
    ...(summary === undefined ? [] : [toRow(summary.message, summary.tokens, null)]),
    ...rows.filter(({ position }) => (position ?? 0) > until),
  ];
  const placed = history.map((row, at) => ({ ...row, place: placeOf(row, history.length - at - 1, parts) }));
  return [...old.map((row) => ({ ...row, place: replacedPlace(row, parts) })), ...placed];
}

/** What a window without a budget would weigh. */
export function unboundedTokens(rows: readonly ContextRow[]): number {
  const candidates = rows.filter(({ place }) => place === 'window' || place === 'budget');
  return candidates.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** What Redis holds from before the table was begun, or while it cannot be read. */
function unstored({ held = [], stored, summary }: ContextParts): readonly PageEntry[] {
  const known = new Set([summary?.message.id, ...stored.map(({ message }) => message.id)]);
  return held.filter(({ message }) => !known.has(message.id));
}

function placeOf({ id, sequence }: Listed, age: number, { window, held }: ContextParts): ContextPlace {
  if (window.some((message) => message.id === id)) return 'window';
  if (age >= CHAT_LIMITS.contextMessages) return 'cap';
  if (held !== undefined && sequence === null) return 'pending';
  return age >= CHAT_LIMITS.windowMessages ? 'count' : 'budget';
}

/** A summary may be in the table and not, or not yet, in Redis. */
function replacedPlace({ id, position }: Listed, { window, summary }: ContextParts): ContextPlace {
  if (window.some((message) => message.id === id)) return 'window';
  return (position ?? 0) >= (summary?.from ?? 0) ? 'summary' : 'cap';
}

function textOf({ content, role }: ContextMessage): string {
  const text = typeof content === 'string' ? content : '';
  return role === 'system' ? text : excerptOf(text, EXCERPT_LENGTH);
}
