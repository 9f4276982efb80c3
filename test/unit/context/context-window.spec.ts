import * as fc from 'fast-check';
import type { ContextMessage } from '../../../lib/context/index.js';
import { windowOf } from '../../../lib/context/context-window.js';
import type { WeighedMessage } from '../../../lib/context/context-window.js';

const user = (content: string): ContextMessage => ({ role: 'user', content });
const calls = (...ids: string[]): ContextMessage => ({
  role: 'assistant',
  content: '',
  toolCalls: ids.map((id) => ({ id, name: 'look', arguments: {} })),
});
const answer = (toolCallId: string): ContextMessage => ({ role: 'tool', content: 'found', toolCallId });

/** Messages in any order: answers to calls that never were, calls never answered, ids used twice. */
const anyHistory = fc.array(
  fc.oneof(
    fc.string({ maxLength: 3 }).map(user),
    fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }).map((ids) => calls(...ids)),
    fc.constantFrom('a', 'b', 'c').map(answer),
  ),
);

/** A chat as a well-behaved agent leaves it: calls, then their answers, each id once. */
const wellFormed = fc
  .array(fc.oneof(fc.constant('user' as const), fc.integer({ min: 0, max: 3 })), { maxLength: 12 })
  .map((turns) =>
    turns.flatMap((turn, at) => {
      if (turn === 'user') return [user(`${at}`)];
      const ids = Array.from({ length: turn }, (_, index) => `${at}.${index}`);
      return [calls(...ids), ...ids.map(answer)];
    }),
  );
const anyLimit = fc.integer({ min: 1, max: 20 });
const anyBudget = fc.integer({ min: 0, max: 60 });

/** The window of messages that weigh as much as they say. */
const windowIn = (history: readonly ContextMessage[], limit: number, maxTokens?: number): ContextMessage[] =>
  windowOf(weighed(history), { limit, ...(maxTokens !== undefined && { maxTokens }) }).map(({ message }) => message);
const weightOf = (message: ContextMessage): number => 1 + message.content.length;
const weighed = (history: readonly ContextMessage[]): WeighedMessage[] =>
  history.map((message) => ({ message, tokens: weightOf(message) }));

describe('window', () => {
  it('is an end of the history within its bounds, without an orphan, for any history', () => {
    fc.assert(
      fc.property(anyHistory, anyLimit, anyBudget, (history, limit, maxTokens) => {
        const window = windowIn(history, limit, maxTokens);
        expect(window).toEqual(window.length === 0 ? [] : history.slice(-window.length));
        expect(window.length).toBeLessThanOrEqual(limit);
        expect(window.reduce((sum, message) => sum + weightOf(message), 0)).toBeLessThanOrEqual(maxTokens);
        expect(orphansOf(window)).toEqual([]);
      }),
    );
  });

  it('is the longest that can be had', () => {
    fc.assert(
      fc.property(anyHistory, anyLimit, anyBudget, (history, limit, maxTokens) => {
        const one = windowIn(history, limit, maxTokens).length + 1;
        for (let length = one; length <= Math.min(limit, history.length); length += 1) {
          const longer = history.slice(-length);
          const isTooHeavy = longer.reduce((sum, message) => sum + weightOf(message), 0) > maxTokens;
          expect(isTooHeavy || orphansOf(longer).length > 0).toBe(true);
        }
      }),
    );
  });

  it('keeps calls and their answers together', () => {
    fc.assert(
      fc.property(wellFormed, anyLimit, (history, limit) => {
        const window = windowIn(history, limit);
        const calls = window.flatMap((one) => (one.role === 'assistant' ? (one.toolCalls ?? []) : []));
        const answers = window.flatMap((one) => (one.role === 'tool' ? [one.toolCallId] : []));
        expect(calls.map(({ id }) => id)).toEqual(answers);
      }),
    );
  });

  it('drops the answers whose call was cut, and keeps those whose call was not', () => {
    const history = [calls('a', 'b'), answer('a'), answer('b'), user('so?'), calls('c'), answer('c')];
    expect(windowIn(history, 5)).toEqual(history.slice(3));
    expect(windowIn(history, 6)).toEqual(history);
    expect(windowIn(history, 1)).toEqual([]);
  });

  it('loses one answer, not the history before it, where an entry that cannot be read may have been its call', () => {
    const history = weighed([user('1'), user('2'), answer('lost'), user('3')]);
    const window = windowOf(history, { limit: 10, isWhole: false });
    expect(window.map(({ message }) => message)).toEqual([user('1'), user('2'), user('3')]);
  });
});

/** Answers whose call is not before them, looked for the long way. */
function orphansOf(window: readonly ContextMessage[]): ContextMessage[] {
  return window.filter((message, at) => {
    if (message.role !== 'tool') return false;
    const calls = window
      .slice(0, at)
      .flatMap((before) => (before.role === 'assistant' ? (before.toolCalls ?? []) : []));
    return !calls.some(({ id }) => id === message.toolCallId);
  });
}
